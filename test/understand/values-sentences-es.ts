import type { Group } from './values-sentences.ts';
import { asked, booked, guests, slot, stay, table } from './values-slots.ts';

const sizes = [
  { value: 'pequeño', like: ['chico'] },
  { value: 'mediano', like: [] },
  { value: 'grande', like: [] },
];

export const spanish: readonly Group[] = [
  {
    slots: table(),
    said: [
      ['una mesa para cuatro mañana a las siete', { party: 4, day: '2026-03-04', time: '19:00' }, ['time']],
      [
        'Quisiera reservar para dos personas el viernes a las ocho y media de la noche',
        { party: 2, day: '2026-03-06', time: '20:30' },
        [],
      ],
      ['mañana por la noche a las nueve para seis', { party: 6, day: '2026-03-04', time: '21:00' }, []],
      ['pasado mañana al mediodía somos cinco', { party: 5, day: '2026-03-05', time: '12:00' }],
      ['esta noche a las ocho para dos', { party: 2, day: '2026-03-03', time: '20:00' }, []],
      ['para ocho el 5 de marzo a las 18:30', { party: 8, day: '2026-03-05', time: '18:30' }, []],
      [
        'el lunes no, el miércoles a las seis para dos',
        { party: 2, day: '2026-03-04', time: '18:00' },
        ['time'],
      ],
      [
        'las siete menos cuarto para tres personas el doce de abril',
        { party: 3, day: '2026-04-12', time: '18:45' },
      ],
      ['quiero una mesa por favor', {}],
      ['el sábado a las dos de la tarde para diez', { party: 10, day: '2026-03-07', time: '14:00' }, []],
    ],
  },
  {
    slots: table('party'),
    said: [
      ['cuatro', { party: 4 }, []],
      ['solo yo', { party: 1 }],
      ['somos seis', { party: 6 }],
      ['veinte', { party: 20 }],
      ['una persona', { party: 1 }],
      ['eh cinco por favor', { party: 5 }],
      ['dos el viernes', { party: 2, day: '2026-03-06' }],
    ],
  },
  {
    slots: table('day'),
    said: [
      ['pasado mañana', { day: '2026-03-05' }, []],
      ['el jueves de la semana que viene', { day: '2026-03-12' }, []],
      ['dentro de tres días', { day: '2026-03-06' }],
      ['en una semana', { day: '2026-03-10' }],
      ['el veintiuno', { day: '2026-03-21' }],
      ['el día cinco', { day: '2026-03-05' }],
      ['el uno de mayo', { day: '2026-05-01' }],
      ['3/4', { day: '2026-04-03' }],
      ['el primero de abril', { day: '2026-04-01' }],
      ['en nochevieja', { day: '2026-12-31' }],
      ['el 5 de enero de 2027', { day: '2027-01-05' }],
      ['el viernes seis', { day: '2026-03-06' }],
      ['el treinta y uno de marzo', { day: '2026-03-31' }],
    ],
  },
  {
    slots: table('time'),
    said: [
      ['a las diecinueve horas', { time: '19:00' }, []],
      ['a las siete', { time: '19:00' }, ['time']],
      ['las siete y media', { time: '19:30' }, ['time']],
      ['las ocho menos cuarto', { time: '19:45' }],
      ['cuarto para las ocho', { time: '19:45' }],
      ['las nueve de la mañana', { time: '09:00' }, []],
      ['a la una y diez', { time: '13:10' }],
      ['a las cinco y veinte de la tarde', { time: '17:20' }, []],
      ['a medianoche', { time: '00:00' }, []],
      ['en media hora', { time: '10:30' }],
      ['siete y cuarto', { time: '19:15' }],
      ['a las veinte quince', { time: '20:15' }, []],
    ],
  },
  {
    slots: booked(),
    said: [
      ['no cinco', { party: 5 }],
      ['no, cinco personas', { party: 5 }],
      ['no el viernes, el sábado', { day: '2026-03-07' }],
      ['a las ocho en vez de a las siete', { time: '20:00' }],
      ['una hora más tarde', { time: '20:00' }, []],
      ['el día siguiente', { day: '2026-03-07' }],
      ['he dicho seis', { party: 6 }],
      ['el viernes no puedo, mejor el domingo', { day: '2026-03-08' }],
    ],
  },
  {
    slots: [slot('departure', 'date', { asked: true, value: '2026-03-20' })],
    said: [
      ['el mismo día', { departure: '2026-03-20' }],
      ['dos días después', { departure: '2026-03-22' }],
    ],
  },
  {
    slots: stay(),
    said: [
      ['del diez al catorce', { arrival: '2026-03-10', departure: '2026-03-14' }],
      ['salida el jueves y llegada el miércoles', { arrival: '2026-03-04', departure: '2026-03-05' }],
    ],
  },
  {
    slots: guests(),
    said: [
      ['tres niños y dos adultos', { adults: 2, children: 3 }],
      ['dos adultos sin niños', { adults: 2, children: 0 }],
    ],
  },
  {
    slots: asked('duration'),
    said: [
      ['hora y media', { it: 'PT1H30M' }],
      ['una hora y media', { it: 'PT1H30M' }],
      ['noventa minutos', { it: 'PT1H30M' }],
      ['dos semanas', { it: 'P2W' }],
      ['tres cuartos de hora', { it: 'PT45M' }],
    ],
  },
  {
    slots: asked('money'),
    said: [
      ['doce euros con cincuenta', { it: { amount: 12.5, currency: 'EUR' } }],
      ['12,50 €', { it: { amount: 12.5, currency: 'EUR' } }],
      ['cien', { it: { amount: 100, currency: 'EUR' } }],
      ['mil doscientos dólares', { it: { amount: 1200, currency: 'USD' } }],
    ],
  },
  {
    slots: asked('digits'),
    said: [
      ['cuatro dos uno nueve', { it: '4219' }],
      ['uno dos doble cinco cero', { it: '12550' }],
      ['cuarenta y dos', { it: '42' }],
    ],
  },
  {
    slots: asked('phone'),
    said: [
      ['seis doce treinta y cuatro cincuenta y seis setenta y ocho', { it: '+34612345678' }],
      ['más cuatro dos cero seis cero uno uno dos tres cuatro cinco seis', { it: '+420601123456' }],
    ],
  },
  {
    slots: asked('email'),
    said: [
      ['ana punto novak arroba gmail punto com', { it: 'ana.novak@gmail.com' }, []],
      ['mi correo es ana guion bajo cinco arroba ejemplo punto es', { it: 'ana_5@ejemplo.es' }],
      ['a n a arroba hotmail punto com', { it: 'ana@hotmail.com' }],
    ],
  },
  {
    slots: asked('name'),
    said: [
      ['me llamo Ana Novak', { it: 'Ana Novak' }, []],
      ['soy Juan de la Cruz', { it: 'Juan de la Cruz' }],
      ['a nombre de García', { it: 'García' }],
      ['ana garcía', { it: 'Ana García' }, ['it']],
      ['qué quiere decir', {}],
      ['sí', {}],
    ],
  },
  {
    slots: asked('choice', { of: sizes }),
    said: [
      ['la grande por favor', { it: 'grande' }, []],
      ['medianno', { it: 'mediano' }, ['it']],
      ['la segunda', { it: 'mediano' }, ['it']],
    ],
  },
  {
    slots: asked('boolean'),
    said: [
      ['sí claro', { it: true }],
      ['no gracias', { it: false }],
    ],
  },
  {
    slots: asked('datetime'),
    said: [
      ['mañana a las siete de la tarde', { it: '2026-03-04T19:00:00+01:00' }, []],
      ['el treinta de marzo a las doce del mediodía', { it: '2026-03-30T12:00:00+02:00' }],
    ],
  },
  { slots: asked('number'), said: [['menos dos coma cinco', { it: -2.5 }]] },
];
