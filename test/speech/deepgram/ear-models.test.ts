import { describe, expect, it } from 'vitest';
import { openDeepgramEars } from '../../../runtime/speech/deepgram/ear-kit.ts';
import { isSameStream, listeningOf } from '../../../runtime/speech/deepgram/ear-models.ts';
import { systemClock } from '../../../runtime/clock.ts';
import { silentLog } from '../../../runtime/log.ts';

describe('who hears a call at Deepgram', () => {
  it.each([
    [null, 'en-US', { api: 'flux', model: 'flux-general-en', language: null }],
    [null, 'en_GB', { api: 'flux', model: 'flux-general-en', language: null }],
    [null, 'cs-CZ', { api: 'nova', model: 'nova-3', language: 'cs' }],
    [null, 'pt-br', { api: 'nova', model: 'nova-3', language: 'pt-BR' }],
    [null, 'de-AT', { api: 'nova', model: 'nova-3', language: 'de' }],
    [null, 'de-CH', { api: 'nova', model: 'nova-3', language: 'de-CH' }],
    [null, 'nb-NO', { api: 'nova', model: 'nova-3', language: 'no' }],
    [null, 'fil', { api: 'nova', model: 'nova-3', language: 'tl' }],
    [null, 'zh-Hant', { api: 'nova', model: 'nova-3', language: 'zh-Hant' }],
    ['nova-3', 'en-US', { api: 'nova', model: 'nova-3', language: 'en-US' }],
    ['nova-2-phonecall', 'en-ZA', { api: 'nova', model: 'nova-2-phonecall', language: 'en' }],
    ['flux-general-multi', 'es-MX', { api: 'flux', model: 'flux-general-multi', language: 'es' }],
    ['flux-general-en', 'cs-CZ', { api: 'flux', model: 'flux-general-en', language: null }],
    [null, 'not a locale', { api: 'nova', model: 'nova-3', language: 'not a locale' }],
  ] as const)('is, of %s for %s, %o', (model, locale, listening) => {
    expect(listeningOf(model, locale)).toEqual(listening);
  });

  it('needs a new stream for another language where the language is part of the address', () => {
    const same = (model: string | null, one: string, other: string): boolean =>
      isSameStream(listeningOf(model, one), listeningOf(model, other));
    expect(same(null, 'en-US', 'en-GB')).toBe(true);
    expect(same(null, 'en-US', 'cs')).toBe(false);
    expect(same('nova-3', 'en-US', 'en-GB')).toBe(false);
    expect(same('flux-general-multi', 'es', 'fr')).toBe(true);
  });

  it('takes no key that cannot be put into a header, and does not repeat it', () => {
    const open = (): unknown =>
      openDeepgramEars({
        apiKey: 'sec\nret',
        baseUrl: 'http://127.0.0.1:1',
        clock: systemClock,
        log: silentLog,
      });
    expect(open).toThrow('DEEPGRAM_API_KEY holds characters that no key has.');
  });
});
