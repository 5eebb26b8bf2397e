import { describe, expect, it } from 'vitest';
import { missOf } from './house.ts';

const CLUB = `
intro: {say: "Welcome{{ user.name ? ', ' + user.name : '' }}."}
inbound: menu
outbound: {hangup: "We called you."}
states:
  menu:
    - ask: "Tea or coffee?"
      answers:
        - when: wants tea
          like: [tea please]
          then: [{say: "Tea, {{ user.sugar ? 'sweet' : 'plain' }}."}, {remember: {user.sugar: "true"}}, {hangup: "Bye."}]
`;
const PUBLIC = `
inbound:
  - pair: true
    failed: {hangup: "Not today."}
  - hangup: "Hello {{ user.name }}."
`;

const club = (test: string): ReturnType<typeof missOf> =>
  missOf(test, { dialogue: CLUB, app: 'name: Club\n' });
const open = (test: string): ReturnType<typeof missOf> =>
  missOf(test, { dialogue: PUBLIC, app: 'public: true\n' });

describe('the caller of a private app, in a test', () => {
  it('is let in where the test says nothing of it', async () => {
    expect(
      await club(`
inbound: {from: "+14155550123"}
turns: [{agent: ["Welcome.", "Tea or coffee?"]}, {expect: {user: {paired: true, anonymous: false}}}]`),
    ).toBeNull();
  });

  it('is asked to be paired where the test says so, and goes on when the code is claimed', async () => {
    expect(
      await club(`
inbound: {from: "+14155550123"}
user: {paired: false}
turns:
  - agent: ["This phone is not paired yet", "/([0-9], ){5}[0-9]/", "press the star key"]
  - expect: {user: {paired: false, anonymous: true}}
  - caller: {claims: {name: Ana, sugar: true}}
  - agent: ["Thank you, this phone is paired now.", "Welcome, Ana.", "Tea or coffee?"]
  - expect: {user: {paired: true, anonymous: false, name: Ana}, state: menu}
  - caller: tea please
  - agent: ["Tea, sweet.", "Bye."]
  - ended: agent-hung-up`),
    ).toBeNull();
  });

  it('cuts the code where it is claimed while it is being said', async () => {
    expect(
      await club(`
inbound: {from: "+14155550123"}
user: {paired: false}
turns:
  - agent: "This phone is not paired yet"
  - caller: {claims: {name: Ana}, after: 1s}
  - expect: {heard: "This phone is not paired"}
  - agent: "Welcome, Ana."
  - expect: {heard: "This phone"}`),
    ).toBeNull();
  });

  it('hears the code again on silence, on the star and on request, in any language', async () => {
    expect(
      await club(`
inbound: {from: "+14155550123", locale: de-DE}
user: {paired: false}
turns:
  - agent: Dieses Telefon ist noch nicht gekoppelt
  - caller: {silence: 8s}
  - agent: [Der Kopplungscode lautet, "/([0-9], ){5}[0-9]/"]
  - caller: {keys: "*"}
  - agent: [Der Kopplungscode lautet, "/([0-9], ){5}[0-9]/"]
  - caller: noch einmal bitte
  - agent: [Der Kopplungscode lautet, "/([0-9], ){5}[0-9]/"]`),
    ).toBeNull();
  });

  it('is hung up on in the end where nobody claims the code', async () => {
    expect(
      await club(`
inbound: {from: "+14155550123"}
user: {paired: false}
turns: [{caller: {silence: 300s}}, {agent: "This phone was not paired."}, {ended: not-paired}]`),
    ).toBeNull();
  });

  it('is told that a withheld number cannot be paired', async () => {
    expect(
      await club(`
inbound: {}
user: {paired: false}
turns: [{agent: "Your number is not shown"}, {ended: not-paired}]`),
    ).toBeNull();
  });

  it('is not asked where we have called', async () => {
    expect(
      await club(`
outbound: {to: "+14155550123"}
turns: [{agent: "We called you."}, {ended: agent-hung-up}]`),
    ).toBeNull();
  });

  it('cannot be paired with a code that nobody was told', async () => {
    const miss = await club(`
inbound: {from: "+14155550123"}
turns:
  - agent: "Welcome"
  - caller: {claims: {name: Ana}}`);
    expect(miss).toMatchObject({
      message: 'There is no code to claim: the caller was told none.',
      line: 6,
    });
  });
});

describe('pair as a step, in a test', () => {
  it('waits in a public app too', async () => {
    expect(
      await open(`
inbound: {from: "+14155550123"}
turns:
  - agent: "This phone is not paired yet"
  - caller: {claims: {name: Ana}}
  - agent: "Hello Ana."
  - ended: agent-hung-up`),
    ).toBeNull();
  });

  it('is passed by who is paired, and left by `failed` otherwise', async () => {
    expect(
      await open(`
inbound: {from: "+14155550123"}
user: {paired: true, name: Eva}
turns: [{agent: "Hello Eva."}]`),
    ).toBeNull();
    expect(
      await open(`
inbound: {}
turns: [{agent: ["Your number is not shown", "Not today."]}, {ended: agent-hung-up}]`),
    ).toBeNull();
  });
});
