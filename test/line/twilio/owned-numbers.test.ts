import { expect, it } from 'vitest';
import { OffhookError } from '../../../runtime/errors.ts';
import type { TwilioClient } from '../../../runtime/line/twilio/client.ts';
import { ownedNumbers } from '../../../runtime/line/twilio/owned-numbers.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const OWN = '+14155550100';
const LATE = new OffhookError('twilio-refused', 'Twilio could not be asked: it did not answer within 3 s.');

function aTwilio(): { client: TwilioClient; answers: (string[] | null)[]; asked: () => number } {
  const answers: (string[] | null)[] = [];
  let asked = 0;
  const client = {
    account: { sid: 'AC1' },
    ask() {
      asked++;
      const answer = answers.shift() ?? null;
      return answer ? Promise.resolve(answer.map((phoneNumber) => ({ phoneNumber }))) : Promise.reject(LATE);
    },
  } as unknown as TwilioClient;
  return { client, answers, asked: () => asked };
}

it('a number stays whose it was where Twilio does not answer, and is asked about again soon', async () => {
  const clock = new FakeClock();
  const { client, answers, asked } = aTwilio();
  const numbers = ownedNumbers(clock);
  answers.push([OWN]);
  expect(await numbers.has(client, OWN)).toBe(true);
  clock.advance(600_000);
  expect(await numbers.has(client, OWN)).toBe(true);
  expect(asked()).toBe(2);
  clock.advance(14_999);
  expect(await numbers.has(client, OWN)).toBe(true);
  expect(asked()).toBe(2);
  clock.advance(1);
  answers.push([]);
  expect(await numbers.has(client, OWN)).toBe(false);
  clock.advance(15_000);
  expect(await numbers.has(client, OWN)).toBe(false);
});

it('a number of which nothing was known is nobody knows whose where Twilio does not answer', async () => {
  const { client, answers } = aTwilio();
  const numbers = ownedNumbers(new FakeClock());
  await expect(numbers.has(client, OWN)).rejects.toBe(LATE);
  answers.push([OWN]);
  expect(await numbers.has(client, OWN)).toBe(true);
});
