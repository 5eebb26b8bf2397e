/** What Twilio's REST resources have in common: refusals, pages, filters. https://www.twilio.com/docs/usage/twilios-response */
import type { Account } from './twilio-account.ts';

/** An error in Twilio's shape; who throws it refuses the request. */
export class Refusal extends Error {
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export interface ApiRequest {
  /** Whose the resource is. */
  account: Account;
  path: Readonly<Record<string, string>>;
  query: URLSearchParams;
  form: URLSearchParams;
  /** With its query, as it was asked. */
  url: URL;
}

export interface ApiAnswer {
  body?: object;
  /** Done once it was answered, also where the answer was lost. */
  then?: () => void;
}

export type Handler = (request: ApiRequest) => ApiAnswer;

export function notFound(url: URL): Refusal {
  return new Refusal(404, 20404, `The requested resource ${url.pathname} was not found`);
}

/** The one with the sid in the path. */
export function bySid<T extends { sid: string }>(list: readonly T[], { path, url }: ApiRequest): T {
  const found = list.find(({ sid }) => sid === path.Sid);
  if (!found) throw notFound(url);
  return found;
}

/**
 * One page of a list, as Twilio numbers and names it. A page goes on behind the last item of the page before, also
 * where the list has grown in front meanwhile.
 */
export function page<T extends { sid: string }>(
  name: string,
  list: readonly T[],
  { query, url }: ApiRequest,
  show: (item: T) => object,
): ApiAnswer {
  const size = Number(query.get('PageSize') ?? 50);
  const number = Number(query.get('Page') ?? 0);
  const token = query.get('PageToken');
  let start = number * size;
  if (token !== null) {
    const last = list.findIndex(({ sid }) => token === `PA${sid}`);
    if (last < 0) throw new Refusal(400, 20006, 'Invalid PageToken');
    start = last + 1;
  } else if (number > 0 && start >= list.length) {
    throw new Refusal(400, 20006, 'Page number out of range');
  }
  const items = list.slice(start, start + size);
  const at = (index: number, after: T | undefined): string => {
    const to = new URLSearchParams(query);
    to.delete('PageToken');
    to.set('PageSize', String(size));
    to.set('Page', String(index));
    if (after) to.set('PageToken', `PA${after.sid}`);
    return `${url.pathname}?${to}`;
  };
  const hasMore = start + size < list.length;
  return {
    body: {
      [name]: items.map(show),
      page: number,
      page_size: size,
      start: number * size,
      end: number * size + Math.max(0, items.length - 1),
      uri: `${url.pathname}${url.search}`,
      first_page_uri: at(0, undefined),
      next_page_uri: hasMore ? at(number + 1, items.at(-1)) : null,
      previous_page_uri: number > 0 ? at(number - 1, undefined) : null,
    },
  };
}

/** Whether a number holds what was asked for: digits, with `*` for any one of them. */
export function holdsDigits(phone: string, wanted: string | null): boolean {
  if (wanted === null || wanted === '') return true;
  const pattern = wanted
    .replace(/[^\d*+]/g, '')
    .replace(/[.*+]/g, (sign) => (sign === '*' ? '\\d' : `\\${sign}`));
  return new RegExp(pattern).test(phone);
}

/** The parameters that are settings of a resource, by the field they set. */
export function set<T extends object>(
  resource: T,
  form: URLSearchParams,
  settings: Partial<Record<keyof T, string>>,
): void {
  const fields = resource as Record<string, unknown>;
  for (const [field, parameter] of Object.entries(settings) as [string, string][]) {
    const value = form.get(parameter);
    if (value === null) continue;
    if (typeof fields[field] === 'boolean') fields[field] = value === 'true';
    else fields[field] = value === '' && field.endsWith('_sid') ? null : value;
  }
}
