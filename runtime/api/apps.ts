import type { ListedApp } from '../catalog.ts';
import type { EngineName } from '../dialogue/engines.ts';
import type { Problem } from '../dialogue/problem.ts';
import type { AppFacts } from '../dialogue/program.ts';
import { OffhookError } from '../errors.ts';
import { NUMBER_SCHEMA, type NumbersView } from './numbers.ts';
import { json, type Route, type Schema } from './route.ts';

/** The apps as they are loaded at this moment. */
export interface AppsView {
  list(): readonly ListedApp[];
  /** What degrades on each engine that may carry the app's calls: its own first, then its fallbacks. */
  degrades(app: AppFacts): readonly (Pick<Problem, 'code' | 'message' | 'place'> & { engine: EngineName })[];
}

const PLACE: Schema = {
  type: 'object',
  required: ['file', 'line', 'column'],
  properties: { file: { type: 'string' }, line: { type: 'integer' }, column: { type: 'integer' } },
};

const VOICE: Schema = {
  type: ['object', 'null'],
  required: ['use', 'model'],
  properties: { use: { type: 'string' }, model: { type: ['string', 'null'] } },
  additionalProperties: false,
};

const APP = {
  type: 'object',
  required: [
    'id',
    'name',
    'dialogue',
    'public',
    'locale',
    'numbers',
    'attach',
    'account',
    'numberStates',
    'lookup',
    'hours',
    'engine',
    'model',
    'speech',
    'voice',
    'fallback',
    'limits',
    'problems',
  ],
  properties: {
    id: { type: 'string' },
    name: { type: 'string' },
    dialogue: { type: 'string' },
    public: { type: 'boolean' },
    locale: { type: 'string' },
    numbers: { type: 'array', items: { type: 'string' } },
    attach: { type: 'boolean', description: 'Whether its numbers are led here when the server starts.' },
    account: { type: ['string', 'null'], description: 'The Twilio account; null: the default one.' },
    numberStates: {
      type: 'array',
      description: 'How it stands with each of its numbers.',
      items: NUMBER_SCHEMA,
    },
    lookup: { type: 'boolean', description: 'The numbers of callers are looked up.' },
    hours: {
      type: ['object', 'null'],
      description: 'When it may call, where whoever is called lives; null: at any time.',
      required: ['fromMinute', 'toMinute', 'days'],
      properties: {
        fromMinute: { type: 'integer', description: 'Minutes of the day.' },
        toMinute: { type: 'integer' },
        days: { type: 'array', items: { type: 'string' } },
      },
      additionalProperties: false,
    },
    engine: { type: ['string', 'null'], description: 'Null: the best that the keys at hand allow.' },
    model: { type: ['string', 'null'] },
    speech: { type: ['string', 'null'] },
    voice: VOICE,
    fallback: {
      type: 'array',
      description: 'Who takes a call over when what carries it is lost, in this order.',
      items: {
        type: 'object',
        required: ['engine', 'speech', 'model', 'voice'],
        properties: {
          engine: { type: 'string' },
          speech: { type: ['string', 'null'] },
          model: { type: ['string', 'null'] },
          voice: VOICE,
        },
        additionalProperties: false,
      },
    },
    limits: {
      type: 'object',
      required: ['calls', 'durationMs', 'cost'],
      properties: {
        calls: { type: ['integer', 'null'] },
        durationMs: { type: 'integer' },
        cost: { type: ['number', 'null'], description: 'US dollars for one call.' },
      },
      additionalProperties: false,
    },
    problems: {
      type: 'array',
      items: {
        type: 'object',
        required: ['severity', 'code', 'message', 'place'],
        properties: {
          severity: { type: 'string', enum: ['error', 'warning'] },
          code: { type: 'string' },
          message: { type: 'string' },
          place: PLACE,
        },
      },
    },
  },
  additionalProperties: false,
} satisfies Schema;

const ONE_APP: Schema = {
  ...APP,
  required: [...APP.required, 'degrades'],
  properties: {
    ...APP.properties,
    degrades: {
      type: 'array',
      description: 'What its engine, and each of its fallbacks, carries otherwise than its dialogues say.',
      items: {
        type: 'object',
        required: ['engine', 'code', 'message', 'place'],
        properties: {
          engine: { type: 'string' },
          code: { type: 'string', description: 'Explained in docs/problems.md.' },
          message: { type: 'string' },
          place: PLACE,
        },
        additionalProperties: false,
      },
    },
  },
};

export function appRoutes(apps: AppsView, numbers: NumbersView): Route[] {
  /** Without the properties: they may hold what the environment gave. */
  const appView = ({ facts, problems }: ListedApp) => {
    const { zone: _zone, properties: _properties, transfers: _transfers, hosts: _hosts, ...shown } = facts;
    const numberStates = numbers.states().filter(({ app }) => app === facts.id);
    return { ...shown, numberStates, problems };
  };
  return [
    {
      method: 'get',
      path: '/api/apps',
      auth: 'bearer',
      summary: 'The apps as they are loaded, and what is wrong with their files.',
      responses: {
        200: {
          description: 'All of them.',
          schema: {
            type: 'object',
            required: ['items'],
            properties: { items: { type: 'array', items: APP } },
            additionalProperties: false,
          },
        },
      },
      handle: () => json({ items: apps.list().map(appView) }),
    },
    {
      method: 'get',
      path: '/api/apps/{id}',
      auth: 'bearer',
      summary: 'One app, with what degrades on the engines that may carry its calls.',
      params: { id: { type: 'string' } },
      responses: { 200: { description: 'The app.', schema: ONE_APP } },
      handle({ params: { id } }) {
        const app = apps.list().find(({ facts }) => facts.id === id);
        if (!app) throw new OffhookError('unknown-app', `There is no app "${id}".`, { status: 404 });
        return json({ ...appView(app), degrades: apps.degrades(app.facts) });
      },
    },
  ];
}
