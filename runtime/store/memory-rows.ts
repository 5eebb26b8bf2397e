import { clean, json, roundOrNull } from './plain.ts';
import type { MemoryWrite } from './store.ts';

/** A memory that still wants its person: whose the session is when it is written. */
export interface MemoryChange {
  at: number;
  name: string;
  value: string;
  expires_at: number | null;
}

/** `at`: when it happened. */
export function memoryChange({ name, value, expiresAt }: MemoryWrite, at: number): MemoryChange {
  return {
    at: Math.round(at),
    name: clean(name),
    value: json(value),
    expires_at: roundOrNull(expiresAt),
  };
}
