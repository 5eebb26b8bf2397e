import type { Group } from './values-sentences.ts';
import { asked, booked, guests, slot, stay, table } from './values-slots.ts';

const sizes = [
  { value: 'small', like: ['little'] },
  { value: 'medium', like: ['regular'] },
  { value: 'large', like: ['big'] },
];

export const english: readonly Group[] = [
  {
    slots: table(),
    said: [
      ['a table for four tomorrow at seven', { party: 4, day: '2026-03-04', time: '19:00' }, ['time']],
      [
        "I'd like to book a table for two on Friday at half past eight in the evening",
        { party: 2, day: '2026-03-06', time: '20:30' },
        [],
      ],
      ['tomorrow at 7 pm for 6 people please', { party: 6, day: '2026-03-04', time: '19:00' }, []],
      ['next Saturday, noon, party of five', { party: 5, day: '2026-03-14', time: '12:00' }, ['day']],
      [
        'can i get a table the day after tomorrow quarter to eight pm there will be three of us',
        { party: 3, day: '2026-03-05', time: '19:45' },
        [],
      ],
      ['seven thirty tonight for two', { party: 2, day: '2026-03-03', time: '19:30' }, []],
      [
        'for eight people on march fifth at six thirty pm',
        { party: 8, day: '2026-03-05', time: '18:30' },
        [],
      ],
      [
        "we're five and we'd come on the fifth at nineteen thirty",
        { party: 5, day: '2026-03-05', time: '19:30' },
      ],
      [
        'a table for a dozen people this weekend at 1 p.m.',
        { party: 12, day: '2026-03-07', time: '13:00' },
        ['day'],
      ],
      [
        'not on Monday, on Wednesday at six for two',
        { party: 2, day: '2026-03-04', time: '18:00' },
        ['time'],
      ],
      ['at seven no at eight pm tomorrow', { day: '2026-03-04', time: '20:00' }],
      ['I would like a table please', {}],
    ],
  },
  {
    slots: table('party'),
    said: [
      ['four', { party: 4 }, []],
      ['just me', { party: 1 }],
      ["um there'll be six of us", { party: 6 }],
      ['twenty', { party: 20 }],
      ['for four at seven', { party: 4, time: '19:00' }],
      ['one', { party: 1 }],
      ['make it a party of nine please', { party: 9 }],
      ['about seven', { party: 7 }],
      ['two on friday', { party: 2, day: '2026-03-06' }],
    ],
  },
  {
    slots: table('day'),
    said: [
      ['tomorrow', { day: '2026-03-04' }, []],
      ['next week on thursday', { day: '2026-03-12' }, []],
      ['in three days', { day: '2026-03-06' }],
      ['in a week', { day: '2026-03-10' }],
      ['the 21st', { day: '2026-03-21' }],
      ['March 15th', { day: '2026-03-15' }],
      ['3/4', { day: '2026-03-04' }],
      ['april first', { day: '2026-04-01' }],
      ['on the second of may', { day: '2026-05-02' }],
      ["new year's eve", { day: '2026-12-31' }],
      ['Friday the sixth', { day: '2026-03-06' }, []],
      ['january 5 2027', { day: '2027-01-05' }],
      ['two weeks from today', { day: '2026-03-17' }],
      ['february twenty eighth', { day: '2027-02-28' }],
    ],
  },
  {
    slots: table('time'),
    said: [
      ['seven thirty', { time: '19:30' }, ['time']],
      ['half past six', { time: '18:30' }, ['time']],
      ['nine', { time: '09:00' }, ['time']],
      ['noon', { time: '12:00' }, []],
      ['ten past five in the afternoon', { time: '17:10' }, []],
      ['seven oh five pm', { time: '19:05' }],
      ['at 19:45', { time: '19:45' }, []],
      ['midnight', { time: '00:00' }, []],
      ['quarter after three', { time: '15:15' }, ['time']],
      ['in half an hour', { time: '10:30' }],
      ["eight o'clock in the morning", { time: '08:00' }, []],
      ['let us say 8 p.m. for three people', { party: 3, time: '20:00' }],
    ],
  },
  {
    slots: booked(),
    said: [
      ['no five', { party: 5 }],
      ['no, make it five people', { party: 5 }],
      ['not Friday, Saturday', { day: '2026-03-07' }],
      ['make it eight instead of seven', { time: '20:00' }],
      ['an hour later', { time: '20:00' }, []],
      ['the day after', { day: '2026-03-07' }],
      ['i said six people', { party: 6 }],
      ['next week same day', { day: '2026-03-13' }],
      ["Friday doesn't work, can we do Sunday", { day: '2026-03-08' }],
      ['actually at half past eight', { time: '20:30' }],
    ],
  },
  {
    slots: [
      slot('arrival', 'date', { value: '2026-03-12' }),
      slot('departure', 'date', { asked: true, value: '2026-03-20' }),
    ],
    said: [
      ['the same day', { departure: '2026-03-20' }],
      ['two days later', { departure: '2026-03-22' }],
    ],
  },
  {
    slots: stay(),
    said: [
      ['from the tenth to the fourteenth', { arrival: '2026-03-10', departure: '2026-03-14' }],
      ['departure on thursday arrival on wednesday', { arrival: '2026-03-04', departure: '2026-03-05' }],
    ],
  },
  {
    slots: guests(),
    said: [
      ['three children and two adults', { adults: 2, children: 3 }, []],
      ['two adults no children', { adults: 2, children: 0 }, []],
    ],
  },
  {
    slots: asked('duration'),
    said: [
      ['an hour and a half', { it: 'PT1H30M' }],
      ['ninety minutes', { it: 'PT1H30M' }],
      ['two weeks', { it: 'P2W' }],
      ['about forty five minutes', { it: 'PT45M' }],
    ],
  },
  {
    slots: asked('money'),
    said: [
      ['twenty dollars fifty', { it: { amount: 20.5, currency: 'USD' } }],
      ['12.50 euros', { it: { amount: 12.5, currency: 'EUR' } }],
      ['a hundred bucks', { it: { amount: 100, currency: 'USD' } }],
      ['$1,200', { it: { amount: 1200, currency: 'USD' } }],
      ['fifteen hundred', { it: { amount: 1500, currency: 'USD' } }],
      ['twelve fifty', { it: { amount: 12.5, currency: 'USD' } }],
    ],
  },
  {
    slots: asked('digits', { length: { min: 4, max: 4 } }),
    said: [
      ['four two one nine', { it: '4219' }],
      ['twenty one forty three', { it: '2143' }],
      ["it's 12 34", { it: '1234' }],
    ],
  },
  {
    slots: asked('digits'),
    said: [
      ['one two double five oh', { it: '12550' }],
      ['triple nine', { it: '999' }],
      ['forty two', { it: '42' }],
    ],
  },
  {
    slots: asked('phone'),
    said: [
      ['four one five, five five five, oh one two three', { it: '+14155550123' }],
      ['plus four two zero six oh one one two three four five six', { it: '+420601123456' }],
      ['my number is (415) 555-0123', { it: '+14155550123' }],
    ],
  },
  {
    slots: asked('email'),
    said: [
      ['ana dot novak at gmail dot com', { it: 'ana.novak@gmail.com' }, []],
      ['a n a underscore 5 at example dot org', { it: 'ana_5@example.org' }],
      ['my email is Bob@Example.com', { it: 'bob@example.com' }],
      ["it's b o b at company dot co dot uk", { it: 'bob@company.co.uk' }],
      ['b as in boy o b at example dot com', { it: 'bob@example.com' }],
    ],
  },
  {
    slots: asked('name'),
    said: [
      ['my name is Ana Novak', { it: 'Ana Novak' }, []],
      ["it's Ana", { it: 'Ana' }],
      ['this is Dr. Smith', { it: 'Dr. Smith' }],
      ['ana novak', { it: 'Ana Novak' }, ['it']],
      ['Novak, N O V A K', { it: 'Novak' }],
      ['what do you mean', {}],
      ['yes', {}],
    ],
  },
  {
    slots: asked('choice', { of: sizes }),
    said: [
      ['the large one please', { it: 'large' }, []],
      ['meduim', { it: 'medium' }, ['it']],
      ['the second one', { it: 'medium' }, ['it']],
      ['not small, big', { it: 'large' }, []],
    ],
  },
  {
    slots: asked('boolean'),
    said: [
      ['yes please', { it: true }],
      ['no thanks', { it: false }],
      ['absolutely', { it: true }],
    ],
  },
  {
    slots: asked('datetime'),
    said: [
      ['tomorrow at seven pm', { it: '2026-03-04T19:00:00+01:00' }, []],
      ['in two hours', { it: '2026-03-03T12:00:00+01:00' }],
      ['on the thirtieth of march at noon', { it: '2026-03-30T12:00:00+02:00' }],
    ],
  },
  {
    slots: asked('number'),
    said: [
      ['minus two point five', { it: -2.5 }],
      ['two and a half', { it: 2.5 }],
      ['point five', { it: 0.5 }],
    ],
  },
  { slots: asked('text'), said: [['um, please ring twice', { it: 'ring twice' }]] },
];
