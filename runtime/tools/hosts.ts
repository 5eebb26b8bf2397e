import { OffhookError } from '../errors.ts';

/**
 * Refuses a URL whose host the app does not allow (`tool-refused-host`). Allowed are names as they stand, and with
 * `*.example.com` whatever is below `example.com`; ports do not count. Null allows every host.
 */
export function checkHost(allowed: readonly string[] | null, url: URL, tool: string): void {
  if (allowed === null) return;
  const host = url.hostname.toLowerCase();
  const fits = allowed.some((one) => {
    const name = one.toLowerCase();
    return name.startsWith('*.') ? host.endsWith(name.slice(1)) && host.length >= name.length : host === name;
  });
  if (!fits) {
    throw new OffhookError(
      'tool-refused-host',
      `The app's hosts do not hold ${host}, which ${tool} is to reach.`,
    );
  }
}
