import { randomUUID } from 'node:crypto';
import { clean, json, roundOrNull } from './plain.ts';
import type { MemoryWrite } from './store.ts';

/** A memory that still wants its person. */
export interface MemoryChange {
  phone: string;
  /** The id of the person, should nobody have the number yet. */
  newUser: string;
  at: number;
  name: string;
  value: string;
  expires_at: number | null;
}

/** `at`: when it happened. */
export function memoryChange({ phone, name, value, expiresAt }: MemoryWrite, at: number): MemoryChange {
  return {
    phone: clean(phone),
    newUser: randomUUID(),
    at: Math.round(at),
    name: clean(name),
    value: json(value),
    expires_at: roundOrNull(expiresAt),
  };
}
