import { describe, expect, it } from 'vitest';
import { readConfig } from '../runtime/config.ts';
import { OffhookError } from '../runtime/errors.ts';

const PUBLIC_URL = 'https://voice.example.com';

function refusal(env: Record<string, string>): string {
  try {
    readConfig(env, false);
  } catch (thrown) {
    if (thrown instanceof OffhookError && thrown.code === 'bad-setting') return thrown.message;
    throw thrown;
  }
  return 'It was not refused.';
}

describe('the token of the HTTP API', () => {
  it.each(['two words', 'žluťoučký', 'tab\tbed', 'non\u00a0breaking'])(
    'is refused where no request could bear it: %j',
    (token) => {
      expect(refusal({ OFFHOOK_API_TOKEN: token })).toBe(
        'OFFHOOK_API_TOKEN holds a space, or a character that is not ASCII: no request could bear it.',
      );
    },
  );

  it('is refused where strangers could guess it, and is free where only this machine asks', () => {
    expect(refusal({ OFFHOOK_API_TOKEN: 'seven-7', PUBLIC_URL })).toBe(
      'OFFHOOK_API_TOKEN is too short to be safe at PUBLIC_URL: give it 8 characters or more.',
    );
    expect(readConfig({ OFFHOOK_API_TOKEN: 'eight-88', PUBLIC_URL }, false).apiToken).toBe('eight-88');
    expect(readConfig({ OFFHOOK_API_TOKEN: 'x' }, false).apiToken).toBe('x');
  });

  it('is taken with every sign that a header can hold, and without the space around it', () => {
    const token = "aZ09-._~+/=!#$%&'*^`|";
    expect(readConfig({ OFFHOOK_API_TOKEN: ` ${token}\n` }, false).apiToken).toBe(token);
    expect(readConfig({ OFFHOOK_API_TOKEN: ' ' }, false).apiToken).toBeNull();
  });
});
