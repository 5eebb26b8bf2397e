import type { Group } from './values-sentences.ts';
import { asked, booked, guests, slot, stay, table } from './values-slots.ts';

const sizes = [
  { value: 'klein', like: [] },
  { value: 'mittel', like: ['normal'] },
  { value: 'groß', like: ['riesig'] },
];

export const german: readonly Group[] = [
  {
    slots: table(),
    said: [
      ['einen Tisch für vier morgen um sieben', { party: 4, day: '2026-03-04', time: '19:00' }, ['time']],
      [
        'Ich möchte am Freitag um halb acht abends einen Tisch für zwei Personen',
        { party: 2, day: '2026-03-06', time: '19:30' },
        [],
      ],
      ['morgen um neunzehn uhr dreißig für sechs leute', { party: 6, day: '2026-03-04', time: '19:30' }, []],
      ['übermorgen mittag wir sind zu fünft', { party: 5, day: '2026-03-05', time: '12:00' }],
      ['heute abend um acht für zwei', { party: 2, day: '2026-03-03', time: '20:00' }, []],
      ['für acht Personen am 5. März um 18:30 Uhr', { party: 8, day: '2026-03-05', time: '18:30' }, []],
      [
        'nicht am Montag, am Mittwoch um sechs für zwei',
        { party: 2, day: '2026-03-04', time: '18:00' },
        ['time'],
      ],
      ['am Samstag Abend um neun für drei', { party: 3, day: '2026-03-07', time: '21:00' }, []],
      ['Viertel nach sieben für vier am zwölften April', { party: 4, day: '2026-04-12', time: '19:15' }],
      ['ich hätte gern einen tisch', {}],
      ['am Montag Morgen um neun', { day: '2026-03-09', time: '09:00' }, []],
    ],
  },
  {
    slots: table('party'),
    said: [
      ['vier', { party: 4 }, []],
      ['nur ich', { party: 1 }],
      ['wir sind zu sechst', { party: 6 }],
      ['zwanzig', { party: 20 }],
      ['eine Person', { party: 1 }],
      ['äh fünf bitte', { party: 5 }],
      ['zwei am freitag', { party: 2, day: '2026-03-06' }],
    ],
  },
  {
    slots: table('day'),
    said: [
      ['übermorgen', { day: '2026-03-05' }, []],
      ['nächste Woche Donnerstag', { day: '2026-03-12' }, []],
      ['in drei Tagen', { day: '2026-03-06' }],
      ['in einer Woche', { day: '2026-03-10' }],
      ['am einundzwanzigsten', { day: '2026-03-21' }],
      ['am 5.4.', { day: '2026-04-05' }],
      ['am fünften dritten', { day: '2026-03-05' }],
      ['3/4', { day: '2026-04-03' }],
      ['der erste Mai', { day: '2026-05-01' }],
      ['an Silvester', { day: '2026-12-31' }],
      ['5.1.2027', { day: '2027-01-05' }],
      ['Freitag den sechsten', { day: '2026-03-06' }, []],
      ['am siebten', { day: '2026-03-07' }],
    ],
  },
  {
    slots: table('time'),
    said: [
      ['um neunzehn Uhr', { time: '19:00' }, []],
      ['um sieben', { time: '19:00' }, ['time']],
      ['halb acht', { time: '19:30' }, ['time']],
      ['viertel vor acht', { time: '19:45' }],
      ['dreiviertel acht', { time: '19:45' }],
      ['fünf vor halb acht', { time: '19:25' }],
      ['neun uhr morgens', { time: '09:00' }, []],
      ['sieben uhr fünf abends', { time: '19:05' }],
      ['zehn nach fünf nachmittags', { time: '17:10' }, []],
      ['um mitternacht', { time: '00:00' }, []],
      ['in einer halben Stunde', { time: '10:30' }],
      ['zwanzig uhr fünfzehn', { time: '20:15' }, []],
    ],
  },
  {
    slots: booked(),
    said: [
      ['nein fünf', { party: 5 }],
      ['nein, fünf Personen', { party: 5 }],
      ['nicht Freitag, sondern Samstag', { day: '2026-03-07' }],
      ['um acht statt um sieben', { time: '20:00' }],
      ['eine Stunde später', { time: '20:00' }, []],
      ['am Tag danach', { day: '2026-03-07' }],
      ['ich sagte sechs', { party: 6 }],
      ['Freitag geht nicht, lieber Sonntag', { day: '2026-03-08' }],
      ['nächste woche am gleichen tag', { day: '2026-03-13' }],
    ],
  },
  {
    slots: [slot('departure', 'date', { asked: true, value: '2026-03-20' })],
    said: [
      ['am selben Tag', { departure: '2026-03-20' }],
      ['zwei Tage später', { departure: '2026-03-22' }],
    ],
  },
  {
    slots: stay(),
    said: [
      ['vom zehnten bis zum vierzehnten', { arrival: '2026-03-10', departure: '2026-03-14' }],
      ['Abreise am Donnerstag, Anreise am Mittwoch', { arrival: '2026-03-04', departure: '2026-03-05' }],
    ],
  },
  {
    slots: guests(),
    said: [
      ['drei Kinder und zwei Erwachsene', { adults: 2, children: 3 }],
      ['zwei Erwachsene, keine Kinder', { adults: 2, children: 0 }],
    ],
  },
  {
    slots: asked('duration'),
    said: [
      ['anderthalb Stunden', { it: 'PT1H30M' }],
      ['neunzig minuten', { it: 'PT1H30M' }],
      ['zwei Wochen', { it: 'P2W' }],
      ['eine dreiviertelstunde', { it: 'PT45M' }],
    ],
  },
  {
    slots: asked('money'),
    said: [
      ['zwölf Euro fünfzig', { it: { amount: 12.5, currency: 'EUR' } }],
      ['12,50 €', { it: { amount: 12.5, currency: 'EUR' } }],
      ['hundert', { it: { amount: 100, currency: 'EUR' } }],
      ['1.200 Euro', { it: { amount: 1200, currency: 'EUR' } }],
    ],
  },
  {
    slots: asked('digits'),
    said: [
      ['vier zwo eins neun', { it: '4219' }],
      ['eins zwei doppel fünf null', { it: '12550' }],
      ['zweiundvierzig', { it: '42' }],
    ],
  },
  {
    slots: asked('phone'),
    said: [
      ['null eins fünf eins zwölf vierunddreißig sechsundfünfzig achtundsiebzig', { it: '+4915112345678' }],
      ['plus vier zwei null sechs null eins eins zwei drei vier fünf sechs', { it: '+420601123456' }],
    ],
  },
  {
    slots: asked('email'),
    said: [
      ['ana punkt novak at gmail punkt com', { it: 'ana.novak@gmail.com' }, []],
      ['meine E-Mail ist ana unterstrich fünf klammeraffe beispiel punkt de', { it: 'ana_5@beispiel.de' }],
      ['a n a ät web punkt de', { it: 'ana@web.de' }],
    ],
  },
  {
    slots: asked('name'),
    said: [
      ['Mein Name ist Ana Novak', { it: 'Ana Novak' }, []],
      ['ich heiße Peter von Berg', { it: 'Peter von Berg' }],
      ['hier ist Müller', { it: 'Müller' }],
      ['peter müller', { it: 'Peter Müller' }, ['it']],
      ['wie bitte', {}],
      ['ja', {}],
    ],
  },
  {
    slots: asked('choice', { of: sizes }),
    said: [
      ['die große bitte', { it: 'groß' }, []],
      ['mitel', { it: 'mittel' }, ['it']],
      ['die zweite', { it: 'mittel' }, ['it']],
    ],
  },
  {
    slots: asked('boolean'),
    said: [
      ['ja gerne', { it: true }],
      ['nein danke', { it: false }],
    ],
  },
  {
    slots: asked('datetime'),
    said: [
      ['morgen um neunzehn uhr', { it: '2026-03-04T19:00:00+01:00' }, []],
      ['am dreißigsten März um zwölf Uhr mittags', { it: '2026-03-30T12:00:00+02:00' }],
    ],
  },
  { slots: asked('number'), said: [['minus zwei komma fünf', { it: -2.5 }]] },
];
