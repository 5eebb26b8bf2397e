import { OffhookError } from '../errors.ts';

const PORTS: { readonly [protocol: string]: string } = { 'http:': '80', 'https:': '443' };

/**
 * Refuses a URL whose host the app does not allow (`tool-refused-host`). Allowed are names as they stand, and with
 * `*.example.com` whatever is below `example.com`, at any port, or with `:8443` behind it at that port alone. Null
 * allows every host.
 */
export function checkHost(allowed: readonly string[] | null, url: URL, tool: string): void {
  if (allowed === null) return;
  const host = url.hostname.toLowerCase();
  const port = url.port === '' ? (PORTS[url.protocol] ?? '') : url.port;
  const fits = allowed.some((one) => {
    const [name = '', only = port] = one.toLowerCase().split(':');
    if (only !== port) return false;
    return name.startsWith('*.') ? host.endsWith(name.slice(1)) && host.length >= name.length : host === name;
  });
  if (!fits) {
    const reached = allowed.some((one) => one.includes(':')) ? url.host : host;
    throw new OffhookError(
      'tool-refused-host',
      `The app's hosts do not hold ${reached}, which ${tool} is to reach.`,
    );
  }
}
