import type { Group } from './values-sentences.ts';
import { asked, booked, guests, slot, stay, table } from './values-slots.ts';

const sizes = [
  { value: 'petit', like: [] },
  { value: 'moyen', like: ['normal'] },
  { value: 'grand', like: [] },
];

export const french: readonly Group[] = [
  {
    slots: table(),
    said: [
      [
        'une table pour quatre demain à sept heures',
        { party: 4, day: '2026-03-04', time: '19:00' },
        ['time'],
      ],
      [
        'Je voudrais réserver pour deux personnes vendredi à vingt heures trente',
        { party: 2, day: '2026-03-06', time: '20:30' },
        [],
      ],
      ['demain soir à neuf heures pour six', { party: 6, day: '2026-03-04', time: '21:00' }, []],
      ['après-demain midi on sera cinq', { party: 5, day: '2026-03-05', time: '12:00' }],
      ['ce soir à huit heures pour deux', { party: 2, day: '2026-03-03', time: '20:00' }, []],
      ['pour huit le 5 mars à 18h30', { party: 8, day: '2026-03-05', time: '18:30' }, []],
      [
        'pas lundi, mercredi à six heures pour deux',
        { party: 2, day: '2026-03-04', time: '18:00' },
        ['time'],
      ],
      [
        'sept heures moins le quart pour trois personnes le douze avril',
        { party: 3, day: '2026-04-12', time: '18:45' },
      ],
      ['je voudrais une table', {}],
      ["samedi à deux heures de l'après-midi pour dix", { party: 10, day: '2026-03-07', time: '14:00' }, []],
    ],
  },
  {
    slots: table('party'),
    said: [
      ['quatre', { party: 4 }, []],
      ['juste moi', { party: 1 }],
      ['nous sommes six', { party: 6 }],
      ['vingt', { party: 20 }],
      ['une personne', { party: 1 }],
      ["euh cinq s'il vous plaît", { party: 5 }],
      ['deux vendredi', { party: 2, day: '2026-03-06' }],
    ],
  },
  {
    slots: table('day'),
    said: [
      ['après-demain', { day: '2026-03-05' }, []],
      ['jeudi de la semaine prochaine', { day: '2026-03-12' }, []],
      ['dans trois jours', { day: '2026-03-06' }],
      ['dans une semaine', { day: '2026-03-10' }],
      ['le vingt et un', { day: '2026-03-21' }],
      ['le 5', { day: '2026-03-05' }],
      ['le premier mai', { day: '2026-05-01' }],
      ['3/4', { day: '2026-04-03' }],
      ['le 1er avril', { day: '2026-04-01' }],
      ['à Noël', { day: '2026-12-25' }],
      ['le 5 janvier 2027', { day: '2027-01-05' }],
      ['vendredi six mars', { day: '2026-03-06' }, []],
      ['lundi en huit', { day: '2026-03-16' }],
    ],
  },
  {
    slots: table('time'),
    said: [
      ['à dix-neuf heures', { time: '19:00' }, []],
      ['à sept heures', { time: '19:00' }, ['time']],
      ['sept heures et demie', { time: '19:30' }, ['time']],
      ['huit heures moins le quart', { time: '19:45' }],
      ['19h45', { time: '19:45' }, []],
      ['neuf heures du matin', { time: '09:00' }, []],
      ['une heure dix', { time: '13:10' }],
      ["cinq heures vingt de l'après-midi", { time: '17:20' }, []],
      ['à minuit', { time: '00:00' }, []],
      ['dans une demi-heure', { time: '10:30' }],
      ['sept heures et quart du soir', { time: '19:15' }, []],
      ['midi et demi', { time: '12:30' }],
    ],
  },
  {
    slots: booked(),
    said: [
      ['non cinq', { party: 5 }],
      ['non, cinq personnes', { party: 5 }],
      ['pas vendredi, samedi', { day: '2026-03-07' }],
      ['à huit heures au lieu de sept heures', { time: '20:00' }],
      ['une heure plus tard', { time: '20:00' }, []],
      ['le lendemain', { day: '2026-03-07' }],
      ["j'ai dit six", { party: 6 }],
      ['vendredi je ne peux pas, plutôt dimanche', { day: '2026-03-08' }],
    ],
  },
  {
    slots: [slot('departure', 'date', { asked: true, value: '2026-03-20' })],
    said: [
      ['le même jour', { departure: '2026-03-20' }],
      ['deux jours plus tard', { departure: '2026-03-22' }],
    ],
  },
  {
    slots: stay(),
    said: [
      ['du dix au quatorze mars', { arrival: '2026-03-10', departure: '2026-03-14' }],
      ['départ jeudi et arrivée mercredi', { arrival: '2026-03-04', departure: '2026-03-05' }],
    ],
  },
  {
    slots: guests(),
    said: [
      ['trois enfants et deux adultes', { adults: 2, children: 3 }],
      ["deux adultes et pas d'enfants", { adults: 2, children: 0 }],
    ],
  },
  {
    slots: asked('duration'),
    said: [
      ['une heure et demie', { it: 'PT1H30M' }],
      ['quatre-vingt-dix minutes', { it: 'PT1H30M' }],
      ['deux semaines', { it: 'P2W' }],
      ["trois quarts d'heure", { it: 'PT45M' }],
    ],
  },
  {
    slots: asked('money'),
    said: [
      ['douze euros cinquante', { it: { amount: 12.5, currency: 'EUR' } }],
      ['12,50 €', { it: { amount: 12.5, currency: 'EUR' } }],
      ['cent', { it: { amount: 100, currency: 'EUR' } }],
      ['mille deux cents dollars', { it: { amount: 1200, currency: 'USD' } }],
    ],
  },
  {
    slots: asked('digits'),
    said: [
      ['quatre deux un neuf', { it: '4219' }],
      ['un deux deux fois cinq zéro', { it: '12550' }],
      ['quarante-deux', { it: '42' }],
    ],
  },
  {
    slots: asked('phone'),
    said: [
      ['zéro six douze trente-quatre cinquante-six soixante-dix-huit', { it: '+33612345678' }],
      ['plus quatre deux zéro six zéro un un deux trois quatre cinq six', { it: '+420601123456' }],
    ],
  },
  {
    slots: asked('email'),
    said: [
      ['ana point novak arobase gmail point com', { it: 'ana.novak@gmail.com' }, []],
      ['mon adresse est ana tiret bas cinq arobase exemple point fr', { it: 'ana_5@exemple.fr' }],
      ['a n a arobase hotmail point fr', { it: 'ana@hotmail.fr' }],
    ],
  },
  {
    slots: asked('name'),
    said: [
      ["je m'appelle Ana Novak", { it: 'Ana Novak' }, []],
      ['au nom de Dupont', { it: 'Dupont' }],
      ["c'est Jean de La Fontaine", { it: 'Jean de La Fontaine' }],
      ['jean-luc dupont', { it: 'Jean-Luc Dupont' }, ['it']],
      ['comment ça', {}],
      ['oui', {}],
    ],
  },
  {
    slots: asked('choice', { of: sizes }),
    said: [
      ["le grand s'il vous plaît", { it: 'grand' }, []],
      ['moyenn', { it: 'moyen' }],
      ['le deuxième', { it: 'moyen' }, ['it']],
    ],
  },
  {
    slots: asked('boolean'),
    said: [
      ['oui bien sûr', { it: true }],
      ['non merci', { it: false }],
    ],
  },
  {
    slots: asked('datetime'),
    said: [
      ['demain à dix-neuf heures', { it: '2026-03-04T19:00:00+01:00' }, []],
      ['le trente mars à midi', { it: '2026-03-30T12:00:00+02:00' }],
    ],
  },
  { slots: asked('number'), said: [['moins deux virgule cinq', { it: -2.5 }]] },
];
