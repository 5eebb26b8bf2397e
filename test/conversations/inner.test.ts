import { expect, it } from 'vitest';
import { missOf } from '../rehearsal/house.ts';

const HOTEL = `
slots: {nights: {type: integer, min: 1, max: 30, ask: "How many nights?"}}
inbound: book
states:
  book: [{collect: nights}, {run: address, save: street}, {hangup: "{{ nights }} nights, for {{ street }}. Goodbye."}]
  person: {hangup: "I put you through. Goodbye."}
anytime:
  - {when: asks for a person, like: [operator, a human please], keys: "0", goto: person}
  - {when: asks for the price, like: [what does it cost, the price please], say: "Ninety for {{ nights }} nights."}
`;
const ADDRESS = `
slots: {street: {type: text, ask: "Which street?"}, number: {type: integer, min: 1, max: 999, ask: "Which number?"}}
return: street
inbound: [{ask: "Do you live in town or outside?", answers: [{when: lives in town, like: [in town]}, {when: lives outside, like: [outside]}]}, {collect: number}, {set: {street: "'Mill Lane'"}}]
anytime: [{when: asks why, like: [why do you ask, what for], say: "For the tax."}]
`;
const more = { dialogue: HOTEL, app: 'public: true\n', files: { 'address.dialogue.yaml': ADDRESS } };

it('what a dialogue is asked at any time it is asked in those that it runs, too', async () => {
  const test = `
inbound: {}
turns:
  - agent: How many nights
  - caller: three
  - agent: in town or outside
  - caller: the price please
  - agent: "Ninety for 3 nights."
  - agent: in town or outside
  - caller: why do you ask
  - agent: For the tax.
  - caller: outside
  - agent: Which number
  - caller: what does it cost
  - agent: "Ninety for 3 nights."
  - agent: Which number
  - caller: twelve
  - agent: "3 nights, for Mill Lane. Goodbye."
  - ended: agent-hung-up
`;
  expect(await missOf(test, more)).toBeNull();
});

it('and a goto of it leaves them, by a word or by a key', async () => {
  for (const wish of ['a human please', '{keys: "0"}']) {
    const test = `
inbound: {}
turns:
  - agent: How many nights
  - caller: two
  - agent: in town or outside
  - caller: ${wish}
  - agent: I put you through
  - expect: {slots: {nights: 2}}
  - ended: agent-hung-up
`;
    expect(await missOf(test, more)).toBeNull();
  }
});
