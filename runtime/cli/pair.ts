/** Pairs the phone of a caller by the code that they were told. */
import type { PairedTo, Device, Person } from '../store/people.ts';

interface Out {
  write(text: string): unknown;
}

interface Pairs {
  claim(code: string, to: PairedTo, claimer: string): Promise<{ device: Device; user: Person }>;
}

/** Whoever has the database may try; they are counted together. */
const CLAIMER = 'the command line';

/**
 * `offhook pair`: for somebody new by name, or for a user who is known. Gives the exit code.
 * @throws OffhookError `unknown-code`, `too-many-tries`, `unknown-user`.
 */
export async function pairPhone(
  pairing: Pairs,
  code: string,
  { name = null, user }: { name?: string | null; user?: string },
  out: Out,
): Promise<number> {
  const to: PairedTo = user === undefined ? { kind: 'new', name, values: {} } : { kind: 'known', user };
  const { device, user: person } = await pairing.claim(code, to, CLAIMER);
  out.write(`${device.phone} is paired with ${person.name ?? 'a user'} (${person.id}).\n`);
  return 0;
}
