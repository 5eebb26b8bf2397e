import type { Group } from './values-sentences.ts';
import { asked, booked, table } from './values-slots.ts';

export const czech: readonly Group[] = [
  {
    slots: table(),
    said: [
      ['stůl pro čtyři zítra v sedm', { party: 4, day: '2026-03-04', time: '19:00' }, ['time']],
      [
        'chtěl bych v pátek v půl osmé večer stůl pro dva',
        { party: 2, day: '2026-03-06', time: '19:30' },
        [],
      ],
      ['pozítří v devatenáct třicet pro šest lidí', { party: 6, day: '2026-03-05', time: '19:30' }, []],
      ['pro osm osob 5. března v 18:30', { party: 8, day: '2026-03-05', time: '18:30' }, []],
      ['dnes večer v osm pro dva', { party: 2, day: '2026-03-03', time: '20:00' }, []],
    ],
  },
  {
    slots: table('party'),
    said: [
      ['čtyři', { party: 4 }, []],
      ['jen já', { party: 1 }],
      ['bude nás šest', { party: 6 }],
    ],
  },
  {
    slots: table('day'),
    said: [
      ['pozítří', { day: '2026-03-05' }, []],
      ['za tři dny', { day: '2026-03-06' }],
      ['za týden', { day: '2026-03-10' }],
      ['dvacátého prvního', { day: '2026-03-21' }],
      ['pátého dubna', { day: '2026-04-05' }],
      ['příští týden ve čtvrtek', { day: '2026-03-12' }],
    ],
  },
  {
    slots: table('time'),
    said: [
      ['v devatenáct hodin', { time: '19:00' }, []],
      ['čtvrt na osm', { time: '19:15' }],
      ['tři čtvrtě na osm večer', { time: '19:45' }, []],
      ['v poledne', { time: '12:00' }, []],
      ['v jednu odpoledne', { time: '13:00' }, []],
    ],
  },
  {
    slots: booked(),
    said: [
      ['ne pět', { party: 5 }],
      ['o hodinu později', { time: '20:00' }],
    ],
  },
  {
    slots: asked('phone'),
    said: [['šest set jedna sto dvacet tři čtyři sta padesát šest', { it: '+420601123456' }]],
  },
  {
    slots: asked('email'),
    said: [['ana tečka novak zavináč seznam tečka cz', { it: 'ana.novak@seznam.cz' }]],
  },
  { slots: asked('name'), said: [['jmenuji se Jan Novák', { it: 'Jan Novák' }, []]] },
  { slots: asked('money'), said: [['dvě stě korun', { it: { amount: 200, currency: 'CZK' } }]] },
];
