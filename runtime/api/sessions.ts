import { OffhookError } from '../errors.ts';
import {
  FINAL_STATUSES,
  SESSION_STATUSES,
  type Session,
  type SessionQuery,
  type Store,
} from '../store/store.ts';
import { json, type Route } from './route.ts';
import { SESSION_LIST_SCHEMA, SESSION_SCHEMA, sessionDetailView, sessionView } from './views.ts';

export function sessionRoutes(
  store: Pick<Store, 'listSessions' | 'session' | 'sessionDetail' | 'eraseSession' | 'recordings'>,
): Route[] {
  return [
    {
      method: 'get',
      path: '/api/sessions',
      auth: 'bearer',
      summary: 'Sessions, newest first.',
      query: {
        app: { type: 'string', description: 'Only those of this app.' },
        status: { type: 'string', enum: SESSION_STATUSES },
        limit: { type: 'integer', minimum: 1, maximum: 200, default: 50 },
        cursor: { type: 'string', maxLength: 200, description: 'The `next` of the page before.' },
      },
      responses: { 200: { description: 'A page of them.', schema: SESSION_LIST_SCHEMA } },
      async handle({ query }) {
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema above is this type
        const { items, next } = await store.listSessions(query as unknown as SessionQuery);
        return json({ items: items.map(sessionView), next });
      },
    },
    {
      method: 'get',
      path: '/api/sessions/{id}',
      auth: 'bearer',
      summary: 'One session with all that was said and done.',
      params: { id: { type: 'string' } },
      responses: { 200: { description: 'The session.', schema: SESSION_SCHEMA } },
      async handle({ params }) {
        const session = await store.sessionDetail(params['id']!);
        if (!session) throw unknownSession(params['id']!);
        return json(sessionDetailView(session, await store.recordings.of(session.id)));
      },
    },
    {
      method: 'delete',
      path: '/api/sessions/{id}',
      auth: 'bearer',
      summary: 'Erases a session that is over, and all that came from it.',
      params: { id: { type: 'string' } },
      responses: { 204: { description: 'Nothing of it is left.' } },
      async handle({ params }) {
        const id = params['id']!;
        const session = await store.session(id);
        if (session && !isOver(session)) {
          throw new OffhookError('session-running', `The session "${id}" is still running.`, { status: 409 });
        }
        if (!session || !(await store.eraseSession(id))) throw unknownSession(id);
        return { status: 204, body: null };
      },
    },
  ];
}

export function unknownSession(id: string): OffhookError {
  return new OffhookError('unknown-session', `There is no session "${id}".`, { status: 404 });
}

export function isOver(session: Session): boolean {
  return FINAL_STATUSES.includes(session.status);
}
