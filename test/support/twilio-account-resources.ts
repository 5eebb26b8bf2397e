/** Accounts and subaccounts, their keys and applications: https://www.twilio.com/docs/iam/api. */
import { randomBytes } from 'node:crypto';
import { makeAccount, makeSid, rfc2822, type Account, type Application, type Key } from './twilio-account.ts';
import { bySid, notFound, page, Refusal, set, type ApiRequest, type Handler } from './twilio-rest.ts';

const SETTINGS = {
  friendly_name: 'FriendlyName',
  voice_url: 'VoiceUrl',
  voice_method: 'VoiceMethod',
  voice_fallback_url: 'VoiceFallbackUrl',
  voice_fallback_method: 'VoiceFallbackMethod',
  voice_caller_id_lookup: 'VoiceCallerIdLookup',
  status_callback: 'StatusCallback',
  status_callback_method: 'StatusCallbackMethod',
} as const;

export function accountHandlers(accounts: Account[], now: () => number): Record<string, Handler> {
  /** The account itself and its subaccounts. */
  const family = ({ account }: ApiRequest): Account[] =>
    accounts.filter((one) => one === account || one.ownerSid === account.sid);

  return {
    CreateAccount({ account, form }) {
      if (account.ownerSid !== account.sid) {
        throw new Refusal(403, 20403, 'A subaccount has no subaccounts');
      }
      const friendlyName =
        form.get('FriendlyName') ?? `SubAccount Created at ${new Date(now()).toISOString()}`;
      const made = makeAccount({ friendlyName, ownerSid: account.sid, numbers: [] }, now());
      accounts.push(made);
      return { body: describeAccount(made) };
    },
    ListAccount(request) {
      const { query } = request;
      const list = family(request)
        .filter((one) => !query.get('FriendlyName') || one.friendlyName === query.get('FriendlyName'))
        .filter((one) => !query.get('Status') || one.status === query.get('Status'));
      return page('accounts', list, request, describeAccount);
    },
    FetchAccount: (request) => ({ body: describeAccount(bySid(family(request), request)) }),
    UpdateAccount(request) {
      const account = bySid(family(request), request);
      const status = request.form.get('Status');
      if (status !== null && account === request.account) {
        throw new Refusal(400, 20001, 'An account does not suspend or close itself');
      }
      account.friendlyName = request.form.get('FriendlyName') ?? account.friendlyName;
      account.status = (status as Account['status'] | null) ?? account.status;
      return { body: describeAccount(account) };
    },
    CreateNewKey({ account, form }) {
      const key: Key = {
        sid: makeSid('SK'),
        secret: randomBytes(16).toString('hex'),
        friendly_name: form.get('FriendlyName') ?? '',
        date_created: now(),
      };
      account.keys.push(key);
      // Told once.
      return { body: { ...describeKey(key), secret: key.secret } };
    },
    ListKey: (request) => page('keys', request.account.keys, request, describeKey),
    FetchKey: (request) => ({ body: describeKey(bySid(request.account.keys, request)) }),
    UpdateKey(request) {
      const key = bySid(request.account.keys, request);
      key.friendly_name = request.form.get('FriendlyName') ?? key.friendly_name;
      return { body: describeKey(key) };
    },
    DeleteKey(request) {
      const { keys } = request.account;
      keys.splice(keys.indexOf(bySid(keys, request)), 1);
      return {};
    },
    CreateApplication({ account, form }) {
      const application: Application = {
        sid: makeSid('AP'),
        friendly_name: '',
        voice_url: '',
        voice_method: 'POST',
        voice_fallback_url: '',
        voice_fallback_method: 'POST',
        voice_caller_id_lookup: false,
        status_callback: '',
        status_callback_method: 'POST',
        date_created: now(),
        date_updated: now(),
      };
      set(application, form, SETTINGS);
      account.applications.push(application);
      return { body: describeApplication(account, application) };
    },
    ListApplication(request) {
      const name = request.query.get('FriendlyName');
      const list = request.account.applications.filter((one) => name === null || one.friendly_name === name);
      return page('applications', list, request, (one) => describeApplication(request.account, one));
    },
    FetchApplication: (request) => ({
      body: describeApplication(request.account, bySid(request.account.applications, request)),
    }),
    UpdateApplication(request) {
      const application = bySid(request.account.applications, request);
      set(application, request.form, SETTINGS);
      application.date_updated = now();
      return { body: describeApplication(request.account, application) };
    },
    DeleteApplication(request) {
      const { applications, numbers } = request.account;
      const application = bySid(applications, request);
      if (numbers.some((one) => one.voice_application_sid === application.sid)) throw notFound(request.url);
      applications.splice(applications.indexOf(application), 1);
      return {};
    },
  };
}

function describeAccount(account: Account): object {
  const date = rfc2822(account.dateCreated);
  return {
    sid: account.sid,
    auth_token: account.authToken,
    friendly_name: account.friendlyName,
    owner_account_sid: account.ownerSid,
    status: account.status,
    type: 'Full',
    date_created: date,
    date_updated: date,
    subresource_uris: { calls: `/2010-04-01/Accounts/${account.sid}/Calls.json` },
    uri: `/2010-04-01/Accounts/${account.sid}.json`,
  };
}

function describeKey(key: Key): object {
  const date = rfc2822(key.date_created);
  return { sid: key.sid, friendly_name: key.friendly_name, date_created: date, date_updated: date };
}

function describeApplication(account: Account, application: Application): object {
  return {
    ...application,
    account_sid: account.sid,
    api_version: '2010-04-01',
    date_created: rfc2822(application.date_created),
    date_updated: rfc2822(application.date_updated),
    message_status_callback: '',
    sms_fallback_method: 'POST',
    sms_fallback_url: '',
    sms_method: 'POST',
    sms_status_callback: '',
    sms_url: '',
    public_application_connect_enabled: false,
    uri: `/2010-04-01/Accounts/${account.sid}/Applications/${application.sid}.json`,
  };
}
