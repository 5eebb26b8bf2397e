import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Leading } from '../../runtime/line/numbering.ts';
import { appWebhook, decide, leadsTo, shown, type Allowed } from '../../runtime/numbers/states.ts';
import type { KeptNumber, NumberStage } from '../../runtime/store/numbers.ts';

const HERE = 'https://voice.example.com/initiations/call/desk';
const BEFORE_MOVE = 'https://old-tunnel.example.com/initiations/call/desk';
const at = (url: string, more: Partial<Leading> = {}): Leading => ({
  url,
  method: 'POST',
  application: null,
  trunk: null,
  ...more,
});
const OLD = at('https://old.example.com/voice', { method: 'GET' });
const FOREIGN = at('https://somebody.example.com/else');
const TRUNK = at(HERE, { trunk: 'TK1' });

function kept(stage: NumberStage, url = HERE): KeptNumber {
  return {
    phone: '+14155550100',
    accountSid: 'AC1',
    app: 'desk',
    stage,
    url,
    before: OLD,
    since: 0,
    version: 3,
  };
}

const CASES: [string, KeptNumber | null, Leading, string | null, Allowed, object][] = [
  ['a new number is led here', null, OLD, HERE, 'keep', { kind: 'attach', before: OLD, url: HERE }],
  ['a new number of an app that opts out is not', null, OLD, HERE, 'finish', { state: 'not-attached' }],
  ['without a public address nothing is', null, OLD, null, 'lead', { state: 'not-attached' }],
  ['one that was led here by hand stays', null, at(HERE), HERE, 'lead', { state: 'attached' }],
  ['also with what Twilio keeps behind a #', null, at(`${HERE}#rc=2`), HERE, 'lead', { state: 'attached' }],
  ['a trunk overrides the webhook', null, TRUNK, HERE, 'keep', { kind: 'attach', before: TRUNK }],
  [
    'what was begun and done is written down',
    kept('attaching'),
    at(HERE),
    HERE,
    'finish',
    { kind: 'confirm' },
  ],
  [
    'what was begun and not done is done',
    kept('attaching'),
    OLD,
    HERE,
    'keep',
    { kind: 'attach', before: OLD },
  ],
  [
    'what was begun at another address is done here',
    kept('attaching', BEFORE_MOVE),
    at(BEFORE_MOVE),
    HERE,
    'lead',
    { kind: 'attach', before: OLD, url: HERE },
  ],
  ['what leads here stays', kept('attached'), at(HERE), HERE, 'lead', { state: 'attached' }],
  ['a foreign change is not fought', kept('attached'), FOREIGN, HERE, 'lead', { state: 'changed' }],
  ['nor is a trunk', kept('attached'), TRUNK, HERE, 'lead', { state: 'changed' }],
  ['nor somebody who led it back', kept('attached'), OLD, HERE, 'lead', { state: 'changed' }],
  [
    'but for whoever asks for it',
    kept('attached'),
    FOREIGN,
    HERE,
    'take',
    { kind: 'attach', before: FOREIGN },
  ],
  [
    'a new address is moved to at the start',
    kept('attached', BEFORE_MOVE),
    at(BEFORE_MOVE),
    HERE,
    'lead',
    { kind: 'attach', before: OLD, url: HERE },
  ],
  [
    'and not fought over later',
    kept('attached', BEFORE_MOVE),
    at(BEFORE_MOVE),
    HERE,
    'keep',
    { state: 'changed' },
  ],
  [
    'another process that has moved it is believed',
    kept('attached', BEFORE_MOVE),
    at(HERE),
    HERE,
    'keep',
    { kind: 'confirm' },
  ],
  ['what was to be led back is', kept('detaching'), at(HERE), HERE, 'lead', { kind: 'give-back' }],
  ['also without a public address', kept('detaching'), at(HERE), null, 'finish', { kind: 'give-back' }],
  [
    'and led here again for whoever asks',
    kept('detaching'),
    at(HERE),
    HERE,
    'take',
    { kind: 'attach', before: OLD },
  ],
  ['what was led back stays so', kept('detached'), OLD, HERE, 'lead', { state: 'detached' }],
  [
    'until somebody asks for it',
    kept('detached'),
    FOREIGN,
    HERE,
    'take',
    { kind: 'attach', before: FOREIGN },
  ],
  ['or leads it here by hand', kept('detached'), at(HERE), HERE, 'lead', { state: 'attached' }],
];

describe('what is done about a number', () => {
  it.each(CASES)('%s', (_name, one, found, url, allowed, expected) => {
    expect(decide(one, found, url, allowed)).toMatchObject(expected);
  });

  const leading = fc.record<Leading>({
    url: fc.constantFrom('', HERE, BEFORE_MOVE, OLD.url, FOREIGN.url),
    method: fc.constantFrom('GET', 'POST'),
    application: fc.constantFrom(null, 'AP1'),
    trunk: fc.constantFrom(null, 'TK1'),
  });
  const anything = fc.option(
    fc.record<KeptNumber>({
      phone: fc.constant('+14155550100'),
      accountSid: fc.constant('AC1'),
      app: fc.constant('desk'),
      stage: fc.constantFrom('attaching', 'attached', 'detaching', 'detached'),
      url: fc.constantFrom(HERE, BEFORE_MOVE),
      before: leading,
      since: fc.constant(0),
      version: fc.constant(1),
    }),
  );

  it('is nothing at all where nothing is allowed', () => {
    fc.assert(
      fc.property(anything, leading, fc.constantFrom(HERE, null), (one, found, url) => {
        expect(decide(one, found, url, 'look').kind).toBe('stands');
      }),
    );
  });

  it('never leads away what somebody else has set, unless asked, once it was led here', () => {
    fc.assert(
      fc.property(
        anything,
        leading,
        fc.constantFrom<Allowed>('finish', 'keep', 'lead'),
        (one, found, allowed) => {
          fc.pre(one?.stage === 'attached' || one?.stage === 'detached');
          fc.pre(![HERE, BEFORE_MOVE].some((url) => leadsTo(found, url)));
          expect(decide(one, found, HERE, allowed).kind).toBe('stands');
        },
      ),
    );
  });

  it('settles: done once, there is nothing more to do', () => {
    fc.assert(
      fc.property(
        anything,
        leading,
        fc.constantFrom<Allowed>('keep', 'lead', 'take'),
        (one, found, allowed) => {
          let now = one;
          let leads = found;
          for (let round = 0; round < 3; round++) {
            const decision = decide(now, leads, HERE, allowed);
            switch (decision.kind) {
              case 'stands':
                return;
              case 'attach':
                leads = at(decision.url);
                now = { ...kept('attached', decision.url), before: decision.before };
                break;
              case 'confirm':
                now = {
                  ...decision.kept,
                  stage: 'attached',
                  url: leadsTo(leads, HERE) ? HERE : decision.kept.url,
                };
                break;
              case 'give-back':
                if (leadsTo(leads, decision.kept.url)) leads = decision.kept.before;
                now = { ...decision.kept, stage: 'detached' };
            }
          }
          expect(decide(now, leads, HERE, allowed).kind).toBe('stands');
        },
      ),
    );
  });
});

describe('where a number leads', () => {
  it('is shown without what may be secret', () => {
    expect(shown(at('https://h.example.com/voice?token=secret#rc=1'))).toBe('https://h.example.com/voice');
    expect(shown(at('https://user:pass@h.example.com/voice?a=@'))).toBe('https://h.example.com/voice');
    expect(shown(at('https://h.example.com/@name'))).toBe('https://h.example.com/@name');
    expect(shown(at(''))).toBeNull();
    expect(shown(TRUNK)).toBe('the trunk TK1');
    expect(shown(at('', { application: 'AP1' }))).toBe('the application AP1');
  });

  it('is the webhook of the app', () => {
    expect(appWebhook('https://voice.example.com', 'desk')).toBe(HERE);
    expect(leadsTo(at('https://voice.example.com/initiations/call/desk-2'), HERE)).toBe(false);
  });
});
