import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { ListedApp } from '../../runtime/catalog.ts';
import type { NumberState } from '../../runtime/numbers/states.ts';
import { aProblem, openHouse, type House } from './house.ts';

const bistro: ListedApp = {
  facts: {
    id: 'bistro',
    name: 'Bistro Verde',
    dialogue: 'bistro',
    public: true,
    locale: 'en-US',
    numbers: ['+14155550100'],
    engine: 'realtime',
    model: 'openai/gpt-realtime',
    voice: null,
    speech: null,
    fallback: [],
    limits: { calls: 20, durationMs: 900_000, cost: null },
    busy: null,
    properties: { key: 'of the environment' },
    attach: true,
    account: null,
    lookup: false,
    hours: { fromMinute: 540, toMinute: 1200, days: ['mon'] },
    zone: null,
    transfers: {},
    hosts: null,
  },
  problems: [
    {
      severity: 'warning',
      code: 'never-reached',
      message: 'The state `bye` is never reached.',
      place: { file: 'dialogues/bistro.dialogue.yaml', line: 12, column: 3 },
    },
  ],
};

const STATE: NumberState = {
  number: '+14155550100',
  app: 'bistro',
  account: 'default',
  state: 'attached',
  leadsTo: 'https://voice.example.com/initiations/call/bistro',
  problem: null,
};

const shown = {
  id: 'bistro',
  name: 'Bistro Verde',
  dialogue: 'bistro',
  lookup: false,
  public: true,
  locale: 'en-US',
  numbers: ['+14155550100'],
  attach: true,
  account: null,
  numberStates: [STATE],
  hours: { fromMinute: 540, toMinute: 1200, days: ['mon'] },
  engine: 'realtime',
  model: 'openai/gpt-realtime',
  voice: null,
  speech: null,
  fallback: [],
  limits: { calls: 20, durationMs: 900_000, cost: null },
  problems: bistro.problems,
};

test('GET /api/numbers gives every number as it was found last', async () => {
  const house = await openHouse();
  try {
    house.numbers = [
      STATE,
      { ...STATE, number: '+14155550101', app: null, state: 'unclaimed', leadsTo: null },
    ];
    expect(await house.ask('GET', '/api/numbers')).toMatchObject({
      status: 200,
      body: { items: house.numbers },
    });
    expect((await house.ask('GET', '/api/numbers', { token: null })).status).toBe(401);
  } finally {
    await house.close();
  }
});

describe('GET /api/apps', () => {
  let house: House;

  beforeEach(async () => {
    house = await openHouse();
    house.apps = [bistro];
    house.numbers = [
      STATE,
      { ...STATE, number: '+14155550101', app: null, state: 'unclaimed', leadsTo: null },
    ];
  });

  afterEach(async () => {
    await house.close();
  });

  test('lists the apps as they are loaded, without what the environment gave', async () => {
    expect((await house.ask('GET', '/api/apps')).body).toEqual({ items: [shown] });
  });

  test('shows what is loaded now, not what was', async () => {
    house.apps = [];
    expect((await house.ask('GET', '/api/apps')).body).toEqual({ items: [] });
  });

  test('shows one app', async () => {
    expect((await house.ask('GET', '/api/apps/bistro')).body).toEqual({ ...shown, degrades: [] });
  });

  test('shows what degrades on the engines of one app', async () => {
    const one = {
      engine: 'gather',
      code: 'gather-talk',
      message: 'Each reply of this `talk` is one `<Say>`.',
      place: { file: 'dialogues/bistro.dialogue.yaml', line: 67, column: 7 },
    } as const;
    house.degrades = [one, { ...one, place: { ...one.place, file: 'dialogues/other.dialogue.yaml' } }];
    expect((await house.ask('GET', '/api/apps/bistro')).body).toEqual({ ...shown, degrades: [one] });
  });

  test.each(['nobody', 'constructor'])('does not know %j', async (id) => {
    const { status, body } = await house.ask('GET', `/api/apps/${id}`);
    expect(status).toBe(404);
    expect(body).toEqual(aProblem(404, 'Not Found', 'unknown-app', `There is no app "${id}".`));
  });
});
