/** The phone numbers of the apps and of their accounts, as they were found last. */
import { NUMBER_STATES, type NumberState } from '../numbers/states.ts';
import { json, type Route, type Schema } from './route.ts';

export interface NumbersView {
  states(): readonly NumberState[];
}

export const NUMBER_SCHEMA = {
  type: 'object',
  required: ['number', 'app', 'account', 'state', 'leadsTo', 'problem'],
  properties: {
    number: { type: 'string', description: 'E.164 with +.' },
    app: { type: ['string', 'null'], description: 'The app that has it; null: none.' },
    account: { type: 'string', description: 'The name of its Twilio account.' },
    state: {
      enum: NUMBER_STATES,
      description:
        'attached: it leads to its app. changed: it did, and somebody else has changed that. not-attached: it was never led here. detached: it was given back. not-in-account, no-account: the account does not have it, or is not at hand. left-behind: it leads here, and no app names it. unclaimed: no app has it. unknown: Twilio was not asked yet, or did not answer.',
    },
    leadsTo: {
      type: ['string', 'null'],
      description: 'The webhook without its query, or the application or trunk, that its calls go to.',
    },
    problem: { type: ['string', 'null'], description: 'One sentence.' },
  },
  additionalProperties: false,
} satisfies Schema;

export function numberRoutes(numbers: NumbersView): Route[] {
  return [
    {
      method: 'get',
      path: '/api/numbers',
      auth: 'bearer',
      summary: 'The phone numbers of the apps, and the others of their accounts, as they were found last.',
      responses: {
        200: {
          description: 'All of them, in order.',
          schema: {
            type: 'object',
            required: ['items'],
            properties: { items: { type: 'array', items: NUMBER_SCHEMA } },
            additionalProperties: false,
          },
        },
      },
      handle: () => json({ items: numbers.states() }),
    },
  ];
}
