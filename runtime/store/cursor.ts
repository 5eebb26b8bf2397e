import { OffhookError } from '../errors.ts';
import { clean } from './plain.ts';

/** Opaque to whoever gets it: the place behind the last item, in the order of the list. */
export function writeCursor(last: { createdAt: number; id: string }): string {
  return Buffer.from(`${last.createdAt} ${last.id}`).toString('base64url');
}

export function readCursor(cursor: string): { createdAt: number; id: string } {
  const [, createdAt, id] = /^(\d{1,16}) (.+)$/s.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  if (createdAt === undefined || id === undefined) {
    throw new OffhookError('bad-cursor', `"${cursor}" is not the "next" of this list.`, {
      status: 400,
    });
  }
  return { createdAt: Number(createdAt), id: clean(id) };
}
