import { createHmac } from 'node:crypto';
import { IncomingMessage, type IncomingHttpHeaders } from 'node:http';
import { Socket } from 'node:net';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayBeOf, verifier, type Form } from '../../../runtime/line/twilio/signature.ts';

const TOKEN = '12345';

interface Asked {
  method?: string;
  url: string;
  signature?: string;
  headers?: IncomingHttpHeaders;
  peer?: string;
}

function request({
  method = 'POST',
  url,
  signature,
  headers = {},
  peer = '127.0.0.1',
}: Asked): IncomingMessage {
  const socket = new Socket();
  Object.defineProperty(socket, 'remoteAddress', { value: peer });
  const message = new IncomingMessage(socket);
  message.method = method;
  message.url = url;
  message.headers = { host: '127.0.0.1:3000', ...headers };
  if (signature !== undefined) message.headers['x-twilio-signature'] = signature;
  return message;
}

/** The signature as the page on webhook security describes it, written from that page alone. */
function sign(url: string, form: Form = {}): string {
  let data = url;
  for (const name of Object.keys(form).toSorted()) {
    const values = form[name]!;
    for (const value of typeof values === 'string' ? [values] : [...new Set(values)].toSorted())
      data += name + value;
  }
  return createHmac('sha1', TOKEN).update(data).digest('base64');
}

describe('a webhook with an auth token', () => {
  const at = (publicUrl: string | null): ReturnType<typeof verifier> =>
    verifier({ keys: () => [{ sid: null, token: TOKEN }], publicUrl });
  const form = {
    CallSid: 'CA00000000000000000000000000000001',
    From: '+15550100',
    To: '+15550199',
  };
  const voice = { url: '/voice', signature: '+ZMXtuvbMjkj0Lzn684gauXaIIQ=' };

  it('is genuine when the form is signed (shared vector)', () => {
    expect(at('https://example.com').webhook(request(voice), form)).toEqual({ genuine: true, sids: null });
  });

  it('is refused when anything of it was changed', () => {
    const refusal = {
      genuine: false,
      reason: 'its X-Twilio-Signature is not the one for https://example.com/voice',
    };
    const check = at('https://example.com');
    expect(check.webhook(request(voice), { ...form, From: '+15550101' })).toEqual(refusal);
    expect(check.webhook(request(voice), { ...form, Extra: '' })).toEqual(refusal);
    expect(check.webhook(request(voice), null)).toEqual(refusal);
    expect(check.webhook(request({ ...voice, url: '/voice?secret=1' }), form)).toEqual(refusal);
    expect(check.webhook(request({ ...voice, signature: 'AAAA' }), form)).toEqual(refusal);
    expect(at('https://example.org').webhook(request(voice), form).genuine).toBe(false);
    expect(
      verifier({ keys: () => [{ sid: null, token: '123456' }], publicUrl: 'https://example.com' }).webhook(
        request(voice),
        form,
      ),
    ).toEqual(refusal);
  });

  it('is refused without a signature, also from this machine', () => {
    expect(at('https://example.com').webhook(request({ url: '/voice' }), form)).toEqual({
      genuine: false,
      reason: 'it bears no X-Twilio-Signature',
    });
  });

  it('is genuine as a GET with its query signed', () => {
    const url = '/initiations/call/bistro?CallSid=CA1&From=%2B15550100&q=it%27s';
    const asked = request({ method: 'GET', url, signature: sign(`https://example.com${url}`) });
    expect(at('https://example.com').webhook(asked, null)).toEqual({ genuine: true, sids: null });
  });

  it('is checked against its own Host where no public URL is set', () => {
    const asked = request({ url: '/voice', signature: sign('http://127.0.0.1:3000/voice', form) });
    expect(at(null).webhook(asked, form)).toEqual({ genuine: true, sids: null });
    const senseless = request({ url: '/voice', signature: 'AAAA', headers: { host: 'a b:c' } });
    expect(at(null).webhook(senseless, form).genuine).toBe(false);
  });

  it('is genuine for any form that is signed as documented, and for no other', () => {
    const values = fc.oneof(fc.string(), fc.array(fc.string(), { minLength: 1, maxLength: 3 }));
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), values), fc.string(), (parameters, name) => {
        fc.pre(!Object.hasOwn(parameters, `zz${name}`));
        const asked = request({
          url: '/voice?tenant=7',
          signature: sign('https://h.io/voice?tenant=7', parameters),
        });
        const check = at('https://h.io');
        expect(check.webhook(asked, parameters)).toEqual({ genuine: true, sids: null });
        expect(check.webhook(asked, { ...parameters, [`zz${name}`]: 'x' }).genuine).toBe(false);
      }),
    );
  });
});

describe('an upgrade with an auth token', () => {
  const check = verifier({ keys: () => [{ sid: null, token: TOKEN }], publicUrl: 'https://example.com' });
  const upgrade = (url: string, signature: string): boolean =>
    check.upgrade(request({ method: 'GET', url, signature })).genuine;

  it('is genuine when the wss URL is signed (shared vector)', () => {
    expect(upgrade('/media', '7PR3qMkpDyEJtMrVOY/LDyNq8J8=')).toBe(true);
    expect(upgrade('/medium', '7PR3qMkpDyEJtMrVOY/LDyNq8J8=')).toBe(false);
  });

  it.each(['/call', '/call/'])(
    'is genuine when %s was signed and came as such or with the other ending',
    (path) => {
      const signature = sign(`wss://example.com${path}`);
      expect(upgrade('/call', signature)).toBe(true);
      expect(upgrade('/call/', signature)).toBe(true);
      expect(upgrade('/call//', signature)).toBe(path === '/call/');
      expect(upgrade('/calls', signature)).toBe(false);
    },
  );

  it('may have its port signed', () => {
    expect(upgrade('/call/', sign('wss://example.com:443/call/'))).toBe(true);
  });

  it('is refused when the https URL was signed instead', () => {
    expect(upgrade('/call/', sign('https://example.com/call/'))).toBe(false);
  });

  it('is refused with something added behind the path', () => {
    expect(upgrade('/call/?token=1', sign('wss://example.com/call/'))).toBe(false);
  });

  it('is checked against its own Host where no public URL is set', () => {
    const asked = request({ method: 'GET', url: '/call/', signature: sign('ws://127.0.0.1:3000/call/') });
    expect(verifier({ keys: () => [{ sid: null, token: TOKEN }], publicUrl: null }).upgrade(asked)).toEqual({
      genuine: true,
      sids: null,
    });
  });
});

describe('without an auth token', () => {
  const check = verifier({ keys: () => [], publicUrl: null });

  it('nobody is served where a public URL is set: what stands before it need not tell for whom it speaks', () => {
    const open = verifier({ keys: () => [], publicUrl: 'https://example.com' });
    const refusal = {
      genuine: false,
      reason: 'PUBLIC_URL is set, and there is no auth token to check it with',
      hint: 'PUBLIC_URL is set, and there is no auth token to check requests with: set TWILIO_AUTH_TOKEN, or leave PUBLIC_URL out.',
    };
    expect(open.webhook(request({ url: '/voice' }), {})).toEqual(refusal);
    expect(open.upgrade(request({ url: '/call/' }))).toEqual(refusal);
  });

  it.each(['127.0.0.1', '127.8.0.9', '::1', '::ffff:127.0.0.1'])('the peer %s is served', (peer) => {
    expect(check.webhook(request({ url: '/voice', peer }), {})).toEqual({ genuine: true, sids: null });
    expect(check.upgrade(request({ url: '/call/', peer, headers: { host: 'localhost' } }))).toEqual({
      genuine: true,
      sids: null,
    });
  });

  it.each(['10.0.0.1', '::ffff:10.0.0.1', '::2', '128.0.0.1', '', '127.0.0.1.example.com'])(
    'the peer "%s" is not served',
    (peer) => {
      const refusal = {
        genuine: false,
        reason: 'it comes from another machine, and no auth token is set to check it with',
      };
      expect(check.webhook(request({ url: '/voice', peer }), {})).toEqual(refusal);
      expect(check.upgrade(request({ url: '/call/', peer }))).toEqual(refusal);
    },
  );

  it.each<[IncomingHttpHeaders, string]>([
    [{ origin: 'https://evil.example' }, 'it comes from a web page'],
    [{ origin: 'null' }, 'it comes from a web page'],
    [
      { 'x-forwarded-for': '203.0.113.7' },
      'it was forwarded from elsewhere, and no auth token is set to check it with',
    ],
    [
      { forwarded: 'for=203.0.113.7' },
      'it was forwarded from elsewhere, and no auth token is set to check it with',
    ],
    [{ host: 'evil.example:3000' }, 'its Host is not this machine'],
    [{ host: 'localhost.evil.example' }, 'its Host is not this machine'],
  ])('a request with %j is not served', (headers, reason) => {
    expect(check.upgrade(request({ url: '/call/', headers }))).toEqual({ genuine: false, reason });
    expect(check.webhook(request({ url: '/voice', headers }), {})).toEqual({ genuine: false, reason });
  });
});

describe('with the tokens of several accounts', () => {
  const [main, shop, twin] = [`AC${'1'.repeat(32)}`, `AC${'2'.repeat(32)}`, `AC${'3'.repeat(32)}`];
  const keys = [
    { sid: main, token: 'main-token' },
    { sid: shop, token: TOKEN },
    { sid: twin, token: TOKEN },
  ];
  const check = verifier({ keys: () => keys, publicUrl: 'https://example.com' });
  const signed = (form: Form, url = '/voice') =>
    check.webhook(request({ url, signature: sign(`https://example.com${url}`, form) }), form);
  const wrong = {
    genuine: false,
    reason: 'its X-Twilio-Signature is not the one for https://example.com/voice',
  };

  it('a webhook is checked with that of the account it names, and is of that account', () => {
    expect(signed({ CallSid: 'CA1', AccountSid: shop })).toEqual({ genuine: true, sids: [shop] });
    expect(signed({ CallSid: 'CA1', AccountSid: main })).toEqual(wrong);
    expect(signed({ CallSid: 'CA1', AccountSid: [main, shop] })).toEqual(wrong);
  });

  it('one that names an account of nobody is refused, and tells no URL with what is in its query', () => {
    expect(signed({ AccountSid: `AC${'4'.repeat(32)}` })).toEqual({
      genuine: false,
      reason: 'it names an account of which no auth token is set',
    });
  });

  it('one that names it in the query is checked so too', () => {
    const get = (sid: string) => {
      const url = `/voice?AccountSid=${sid}`;
      return check.webhook(
        request({ method: 'GET', url, signature: sign(`https://example.com${url}`) }),
        null,
      );
    };
    expect(get(shop)).toEqual({ genuine: true, sids: [shop] });
    expect(get(main)).toEqual(wrong);
  });

  it('one that names none, and a socket, are of whoever has signed them', () => {
    expect(signed({ CallSid: 'CA1' })).toEqual({ genuine: true, sids: [shop, twin] });
    const upgrade = check.upgrade(request({ url: '/call/', signature: sign('wss://example.com/call/') }));
    expect(upgrade).toEqual({ genuine: true, sids: [shop, twin] });
    if (!upgrade.genuine) return;
    expect([main, shop, twin].map((sid) => mayBeOf(upgrade, sid))).toEqual([false, true, true]);
  });

  it('a token without an account may sign for any that has none of its own', () => {
    const any = verifier({
      keys: () => [
        { sid: main, token: 'main-token' },
        { sid: null, token: TOKEN },
      ],
      publicUrl: 'https://example.com',
    });
    const form = { AccountSid: shop };
    const verdict = any.webhook(
      request({ url: '/voice', signature: sign('https://example.com/voice', form) }),
      form,
    );
    expect(verdict).toEqual({ genuine: true, sids: null });
    expect(mayBeOf({ sids: null }, shop)).toBe(true);
  });

  it('they are asked for each time', () => {
    let token = 'an-old-token';
    const turning = verifier({ keys: () => [{ sid: shop, token }], publicUrl: 'https://example.com' });
    const form = { AccountSid: shop };
    const asked = () =>
      turning.webhook(request({ url: '/voice', signature: sign('https://example.com/voice', form) }), form)
        .genuine;
    expect(asked()).toBe(false);
    token = TOKEN;
    expect(asked()).toBe(true);
  });
});
