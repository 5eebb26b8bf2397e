/** The token with which a page calls through Twilio's Voice SDK. */
import type { AppFacts } from '../dialogue/program.ts';
import { OffhookError } from '../errors.ts';
import { json, type Route } from './route.ts';

/** Refusals are OffhookErrors with a status. */
export interface IssuesTokens {
  /** The app of a key; null: there is none. */
  find(key: string): AppFacts | null;
  /** Times are milliseconds since the epoch. */
  token(
    identity: string,
    app: AppFacts,
  ): Promise<{ token: string; identity: string; app: string; account: string; expiresAt: number }>;
}

const text = { type: 'string' };

export function browserPhoneRoutes(phones: IssuesTokens): Route[] {
  return [
    {
      method: 'get',
      path: '/api/twilio/access-token',
      auth: 'bearer',
      summary: 'A token of one hour with which a page calls through Twilio’s Voice SDK.',
      query: {
        identity: {
          type: 'string',
          pattern: '^[A-Za-z0-9_]{1,121}$',
          description: 'Who calls: letters, digits and _.',
        },
        app: {
          type: 'string',
          minLength: 1,
          maxLength: 200,
          description: 'The app or dialogue whose account, caller id and language the calls have.',
        },
      },
      responses: {
        200: {
          description: 'The token, and what it is for.',
          schema: {
            type: 'object',
            properties: {
              token: { ...text, description: 'A JSON Web Token; it lets out calls, and none in.' },
              identity: text,
              app: text,
              account: { ...text, description: 'The name of the account.' },
              expiresAt: { type: 'string', format: 'date-time' },
            },
            required: ['token', 'identity', 'app', 'account', 'expiresAt'],
            additionalProperties: false,
          },
        },
      },
      async handle({ query: { identity, app: key } }) {
        if (typeof identity !== 'string' || typeof key !== 'string') {
          const missing = typeof identity === 'string' ? 'app' : 'identity';
          throw new OffhookError('bad-request', `The query needs "${missing}".`, { status: 400 });
        }
        const app = phones.find(key);
        if (!app)
          throw new OffhookError('unknown-key', `There is no app or dialogue "${key}".`, { status: 404 });
        const { expiresAt, ...issued } = await phones.token(identity, app);
        return json({ ...issued, expiresAt: new Date(expiresAt).toISOString() });
      },
    },
  ];
}
