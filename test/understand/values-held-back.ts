/**
 * Sentences that were written when the readers were done with the others. Before anything was mended for them, 95 in
 * 100 were right in English, 100 in German, 96 in Spanish and 96 in French.
 */
import type { Group } from './values-sentences.ts';
import { asked, booked, guests, stay, table } from './values-slots.ts';

const rooms = [
  { value: 'single', like: ['one bed'] },
  { value: 'double', like: ['two beds', 'twin'] },
  { value: 'suite', like: [] },
];

const english: readonly Group[] = [
  {
    slots: table(),
    said: [
      [
        'hey do you have space for three of us on thursday at twelve thirty',
        { party: 3, day: '2026-03-05', time: '12:30' },
      ],
      [
        'we would love to come on the nineteenth at quarter past eight in the evening, eleven people',
        { party: 11, day: '2026-03-19', time: '20:15' },
      ],
      ['dinner for two on valentines day at eight pm', { party: 2, day: '2027-02-14', time: '20:00' }],
      [
        'put me down for tomorrow at five for a party of seven',
        { party: 7, day: '2026-03-04', time: '17:00' },
      ],
      ['sunday the eighth at eleven a m six guests', { party: 6, day: '2026-03-08', time: '11:00' }],
      ['could i book four seats for this afternoon at three', { party: 4, day: '2026-03-03', time: '15:00' }],
    ],
  },
  {
    slots: table('day'),
    said: [
      ['how about the day after tomorrow', { day: '2026-03-05' }],
      ['a week from tomorrow', { day: '2026-03-11' }],
      ['june the twenty first', { day: '2026-06-21' }],
      ['this coming sunday please', { day: '2026-03-08' }],
      ['the 3rd of november 2026', { day: '2026-11-03' }],
      ['wednesday of next week', { day: '2026-03-11' }],
    ],
  },
  {
    slots: table('time'),
    said: [
      ['ten to eight in the evening', { time: '19:50' }],
      ['a quarter past twelve', { time: '12:15' }],
      ["let's do six forty five", { time: '18:45' }],
      ['could we say nine in the morning', { time: '09:00' }],
      ['twenty one hundred hours', { time: '21:00' }],
    ],
  },
  {
    slots: booked(),
    said: [
      ['sorry, I meant Thursday, not Friday', { day: '2026-03-05' }],
      ['can you change that to six guests', { party: 6 }],
      ["seven doesn't work for us, eight thirty pm would be better", { time: '20:30' }],
      ['two hours earlier please', { time: '17:00' }],
      ['no it should be the seventh', { day: '2026-03-07' }],
    ],
  },
  {
    slots: stay(),
    said: [
      [
        "we're arriving on the twentieth and leaving on the twenty third",
        { arrival: '2026-03-20', departure: '2026-03-23' },
      ],
    ],
  },
  { slots: guests(), said: [['just two adults', { adults: 2 }]] },
  {
    slots: asked('choice', { of: rooms }),
    said: [
      ['a twin would be nice', { it: 'double' }],
      ['suit please', { it: 'suite' }],
      ['the first option', { it: 'single' }],
    ],
  },
  {
    slots: asked('email'),
    said: [
      ['that would be maria underscore lopez at outlook dot com', { it: 'maria_lopez@outlook.com' }],
      ['k i m dash 22 at my shop dot net', { it: 'kim-22@myshop.net' }],
    ],
  },
  {
    slots: asked('name'),
    said: [
      ['you can put it under Fitzgerald', { it: 'Fitzgerald' }],
      ["I'm Doctor Emily Chen", { it: 'Doctor Emily Chen' }],
      ['why do you need that', {}],
    ],
  },
  {
    slots: asked('duration'),
    said: [
      ['three quarters of an hour', { it: 'PT45M' }],
      ['a day and a half', { it: 'P1DT12H' }],
    ],
  },
  {
    slots: asked('money'),
    said: [
      ['two hundred and fifty euros', { it: { amount: 250, currency: 'EUR' } }],
      ['ninety nine cents', { it: { amount: 0.99, currency: 'USD' } }],
    ],
  },
  {
    slots: asked('phone'),
    said: [['six four six, five five five, double two one nine', { it: '+16465552219' }]],
  },
];

const german: readonly Group[] = [
  {
    slots: table(),
    said: [
      [
        'haben Sie am Donnerstag um halb eins noch Platz für drei',
        { party: 3, day: '2026-03-05', time: '12:30' },
      ],
      [
        'wir kämen am neunzehnten um Viertel nach acht abends mit elf Personen',
        { party: 11, day: '2026-03-19', time: '20:15' },
      ],
      ['einen tisch für zwei am valentinstag um zwanzig uhr', { party: 2, day: '2027-02-14', time: '20:00' }],
      [
        'sonntag den achten um elf uhr vormittags sechs gäste',
        { party: 6, day: '2026-03-08', time: '11:00' },
      ],
      ['heute nachmittag um drei vier plätze bitte', { party: 4, day: '2026-03-03', time: '15:00' }],
    ],
  },
  {
    slots: table('day'),
    said: [
      ['am einundzwanzigsten Juni', { day: '2026-06-21' }],
      ['kommenden Sonntag bitte', { day: '2026-03-08' }],
      ['am dritten elften zweitausendsechsundzwanzig', { day: '2026-11-03' }],
      ['heute in einer Woche', { day: '2026-03-10' }],
      ['Mittwoch nächster Woche', { day: '2026-03-11' }],
    ],
  },
  {
    slots: table('time'),
    said: [
      ['zehn vor acht abends', { time: '19:50' }],
      ['viertel nach zwölf', { time: '12:15' }],
      ['sagen wir achtzehn uhr fünfundvierzig', { time: '18:45' }],
      ['morgens um neun', { time: '09:00' }],
      ['dreizehn uhr', { time: '13:00' }],
    ],
  },
  {
    slots: booked(),
    said: [
      ['Entschuldigung, ich meinte Donnerstag, nicht Freitag', { day: '2026-03-05' }],
      ['ändern Sie das auf sechs Gäste', { party: 6 }],
      ['zwei Stunden früher bitte', { time: '17:00' }],
      ['nein der siebte', { day: '2026-03-07' }],
      ['um sieben passt mir nicht, lieber um halb neun', { time: '20:30' }],
    ],
  },
  {
    slots: stay(),
    said: [
      [
        'wir kommen am zwanzigsten an und fahren am dreiundzwanzigsten ab',
        { arrival: '2026-03-20', departure: '2026-03-23' },
      ],
    ],
  },
  {
    slots: asked('email'),
    said: [['maria unterstrich lopez at posteo punkt de', { it: 'maria_lopez@posteo.de' }]],
  },
  {
    slots: asked('name'),
    said: [
      ['hier spricht Frau Doktor Lehmann', { it: 'Frau Doktor Lehmann' }],
      ['wozu brauchen Sie das', {}],
    ],
  },
  {
    slots: asked('duration'),
    said: [
      ['eineinhalb Tage', { it: 'P1DT12H' }],
      ['eine Stunde und zwanzig Minuten', { it: 'PT1H20M' }],
    ],
  },
  { slots: asked('money'), said: [['zweihundertfünfzig Euro', { it: { amount: 250, currency: 'EUR' } }]] },
  {
    slots: asked('phone'),
    said: [['null drei null, zwei zwei acht, vier fünf sechs sieben', { it: '+49302284567' }]],
  },
];

const spanish: readonly Group[] = [
  {
    slots: table(),
    said: [
      ['tienen sitio para tres el jueves a las doce y media', { party: 3, day: '2026-03-05', time: '12:30' }],
      [
        'iríamos el diecinueve a las ocho y cuarto de la noche once personas',
        { party: 11, day: '2026-03-19', time: '20:15' },
      ],
      [
        'una cena para dos en san valentín a las veinte horas',
        { party: 2, day: '2027-02-14', time: '20:00' },
      ],
      [
        'el domingo ocho a las once de la mañana seis comensales',
        { party: 6, day: '2026-03-08', time: '11:00' },
      ],
      ['esta tarde a las tres cuatro plazas por favor', { party: 4, day: '2026-03-03', time: '15:00' }],
    ],
  },
  {
    slots: table('day'),
    said: [
      ['el veintiuno de junio', { day: '2026-06-21' }],
      ['este domingo por favor', { day: '2026-03-08' }],
      ['el tres de noviembre de dos mil veintiséis', { day: '2026-11-03' }],
      ['de aquí a una semana', { day: '2026-03-10' }],
      ['el miércoles de la próxima semana', { day: '2026-03-11' }],
    ],
  },
  {
    slots: table('time'),
    said: [
      ['las ocho menos diez de la tarde', { time: '19:50' }],
      ['las doce y cuarto', { time: '12:15' }],
      ['digamos las seis y cuarenta y cinco', { time: '18:45' }],
      ['a las nueve de la mañana', { time: '09:00' }],
      ['a las trece horas', { time: '13:00' }],
    ],
  },
  {
    slots: booked(),
    said: [
      ['perdón, quería decir el jueves, no el viernes', { day: '2026-03-05' }],
      ['cámbielo a seis personas', { party: 6 }],
      ['dos horas antes por favor', { time: '17:00' }],
      ['no, el siete', { day: '2026-03-07' }],
      ['a las siete no puedo, mejor a las ocho y media', { time: '20:30' }],
    ],
  },
  {
    slots: stay(),
    said: [
      ['llegamos el veinte y nos vamos el veintitrés', { arrival: '2026-03-20', departure: '2026-03-23' }],
    ],
  },
  {
    slots: asked('email'),
    said: [['sería maria guion bajo lopez arroba outlook punto es', { it: 'maria_lopez@outlook.es' }]],
  },
  {
    slots: asked('name'),
    said: [
      ['habla la doctora Fernández', { it: 'Doctora Fernández' }],
      ['para qué lo necesita', {}],
    ],
  },
  {
    slots: asked('duration'),
    said: [
      ['un día y medio', { it: 'P1DT12H' }],
      ['una hora y veinte minutos', { it: 'PT1H20M' }],
    ],
  },
  { slots: asked('money'), said: [['doscientos cincuenta euros', { it: { amount: 250, currency: 'EUR' } }]] },
  {
    slots: asked('phone'),
    said: [['nueve uno, cinco dos uno, treinta y tres cuarenta y cinco', { it: '+34915213345' }]],
  },
];

const french: readonly Group[] = [
  {
    slots: table(),
    said: [
      [
        'avez-vous de la place pour trois jeudi à midi et demi',
        { party: 3, day: '2026-03-05', time: '12:30' },
      ],
      [
        'on viendrait le dix-neuf à huit heures et quart du soir à onze personnes',
        { party: 11, day: '2026-03-19', time: '20:15' },
      ],
      [
        'un dîner pour deux à la saint-valentin à vingt heures',
        { party: 2, day: '2027-02-14', time: '20:00' },
      ],
      ['dimanche huit à onze heures du matin six couverts', { party: 6, day: '2026-03-08', time: '11:00' }],
      [
        "cet après-midi à trois heures quatre places s'il vous plaît",
        { party: 4, day: '2026-03-03', time: '15:00' },
      ],
    ],
  },
  {
    slots: table('day'),
    said: [
      ['le vingt et un juin', { day: '2026-06-21' }],
      ['ce dimanche', { day: '2026-03-08' }],
      ['le trois novembre deux mille vingt-six', { day: '2026-11-03' }],
      ["d'ici une semaine", { day: '2026-03-10' }],
      ['mercredi de la semaine prochaine', { day: '2026-03-11' }],
    ],
  },
  {
    slots: table('time'),
    said: [
      ['huit heures moins dix du soir', { time: '19:50' }],
      ['midi et quart', { time: '12:15' }],
      ['disons dix-huit heures quarante-cinq', { time: '18:45' }],
      ['le matin à neuf heures', { time: '09:00' }],
      ['treize heures', { time: '13:00' }],
    ],
  },
  {
    slots: booked(),
    said: [
      ['pardon, je voulais dire jeudi, pas vendredi', { day: '2026-03-05' }],
      ['changez pour six personnes', { party: 6 }],
      ["deux heures plus tôt s'il vous plaît", { time: '17:00' }],
      ['non, le sept', { day: '2026-03-07' }],
      ['sept heures ça ne va pas, plutôt huit heures et demie', { time: '20:30' }],
    ],
  },
  {
    slots: stay(),
    said: [
      [
        'nous arrivons le vingt et repartons le vingt-trois',
        { arrival: '2026-03-20', departure: '2026-03-23' },
      ],
    ],
  },
  {
    slots: asked('email'),
    said: [['ce serait maria tiret bas lopez arobase orange point fr', { it: 'maria_lopez@orange.fr' }]],
  },
  {
    slots: asked('name'),
    said: [
      ["c'est le docteur Lefèvre", { it: 'Docteur Lefèvre' }],
      ['pourquoi vous demandez ça', {}],
    ],
  },
  {
    slots: asked('duration'),
    said: [
      ['un jour et demi', { it: 'P1DT12H' }],
      ['une heure et vingt minutes', { it: 'PT1H20M' }],
    ],
  },
  { slots: asked('money'), said: [['deux cent cinquante euros', { it: { amount: 250, currency: 'EUR' } }]] },
  {
    slots: asked('phone'),
    said: [['zéro un quarante-deux zéro cinq trente-trois quatre-vingt-dix', { it: '+33142053390' }]],
  },
];

export const heldBack: readonly { locale: string; groups: readonly Group[] }[] = [
  { locale: 'en-US', groups: english },
  { locale: 'de-DE', groups: german },
  { locale: 'es-ES', groups: spanish },
  { locale: 'fr-FR', groups: french },
];
