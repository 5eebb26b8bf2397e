/** https://www.twilio.com/docs/voice/api/call-resource and https://www.twilio.com/docs/voice/api/recording. */
import { makeSid, rfc2822, type Account, type Recording } from './twilio-account.ts';
import { FINAL, type FakeCall, type TwilioNetwork } from './twilio-network.ts';
import { bySid, notFound, page, Refusal, type ApiRequest, type Handler } from './twilio-rest.ts';

interface CallRules {
  network: TwilioNetwork;
  now: () => number;
  /** Where a document is fetched that was given with the call. */
  documentUrl: (callSid: string) => string;
  /** Countries that the account may not call, by the beginning of the number. */
  forbidden: readonly string[];
}

const E164 = /^\+[1-9]\d{6,14}$/;
const DETECTIONS = ['Enable', 'DetectMessageEnd'];
const EVENTS = ['initiated', 'ringing', 'answered', 'completed'];

export function callHandlers(rules: CallRules): Record<string, Handler> {
  const { network } = rules;
  const own = (account: Account): FakeCall[] => network.calls.filter((call) => call.account === account);
  const callOf = ({ account, path, url }: ApiRequest): FakeCall => {
    const found = own(account).find(({ sid }) => sid === path.CallSid);
    if (!found) throw notFound(url);
    return found;
  };
  const recordingsOf = (request: ApiRequest): Recording[] => {
    const { sid } = callOf(request);
    return request.account.recordings.filter((recording) => recording.call_sid === sid);
  };
  const erase = (request: ApiRequest, recording: Recording): { body?: object } => {
    const { recordings } = request.account;
    recordings.splice(recordings.indexOf(recording), 1);
    return {};
  };

  return {
    CreateCall({ account, form }) {
      const url = checkOrder(account, form, rules);
      const call = network.place(account, form);
      const dial = url ?? rules.documentUrl(call.sid);
      return { body: describeCall(call), afterwards: () => network.dial(call, dial) };
    },
    ListCall(request) {
      const { query, account } = request;
      const list = own(account)
        .filter((call) => isAsked(call, query))
        .reverse();
      return page('calls', list, request, describeCall);
    },
    FetchCall: (request) => ({ body: describeCall(bySid(own(request.account), request)) }),
    UpdateCall(request) {
      const call = bySid(own(request.account), request);
      if (FINAL.includes(call.status)) throw notFound(request.url);
      const status = request.form.get('Status');
      if (request.form.has('Url') || request.form.has('Twiml')) {
        if (status !== null) throw new Refusal(400, 21218, 'Url or Twiml and Status are not given together');
        throw new Error('The double does not lead a running call elsewhere.');
      }
      if (status !== 'completed' && status !== 'canceled') throw new Refusal(400, 21218, 'Invalid parameter');
      if (status === 'canceled' && call.status === 'in-progress') {
        throw new Refusal(400, 21220, 'Invalid call state. Call is not queued or ringing.');
      }
      network.end(call, status);
      return { body: describeCall(call) };
    },
    DeleteCall(request) {
      const call = bySid(own(request.account), request);
      if (!FINAL.includes(call.status)) throw new Refusal(400, 20009, 'Call has not completed yet');
      network.calls.splice(network.calls.indexOf(call), 1);
      return {};
    },
    CreateCallRecording(request) {
      const call = callOf(request);
      if (call.status !== 'in-progress')
        throw new Refusal(400, 21220, 'Requested resource is not eligible for recording');
      const recording: Recording = {
        sid: makeSid('RE'),
        call_sid: call.sid,
        channels: request.form.get('RecordingChannels') === 'dual' ? 2 : 1,
        track: request.form.get('RecordingTrack') ?? 'both',
        status: 'in-progress',
        source: 'StartCallRecordingAPI',
        date_created: rules.now(),
      };
      request.account.recordings.push(recording);
      return { body: describeRecording(request.account, recording, true) };
    },
    ListCallRecording: (request) =>
      page('recordings', recordingsOf(request), request, (one) =>
        describeRecording(request.account, one, true),
      ),
    FetchCallRecording: (request) => ({
      body: describeRecording(request.account, bySid(recordingsOf(request), request), true),
    }),
    UpdateCallRecording(request) {
      const recording = bySid(recordingsOf(request), request);
      const status = request.form.get('Status') ?? '';
      if (!['in-progress', 'paused', 'stopped'].includes(status))
        throw new Refusal(400, 20001, 'Invalid Status');
      recording.status = status;
      return { body: describeRecording(request.account, recording, true) };
    },
    DeleteCallRecording: (request) => erase(request, bySid(recordingsOf(request), request)),
    ListRecording(request) {
      const callSid = request.query.get('CallSid');
      const list = request.account.recordings.filter((one) => callSid === null || one.call_sid === callSid);
      return page('recordings', list, request, (one) => describeRecording(request.account, one, false));
    },
    FetchRecording: (request) => ({
      body: describeRecording(request.account, bySid(request.account.recordings, request), false),
    }),
    DeleteRecording: (request) => erase(request, bySid(request.account.recordings, request)),
  };
}

/** Gives where the call's document is asked for; null: it came with the order. */
function checkOrder(account: Account, form: URLSearchParams, rules: CallRules): string | null {
  const to = form.get('To');
  const from = form.get('From');
  if (!to) throw new Refusal(400, 21201, "No 'To' number is specified");
  if (!E164.test(to)) throw new Refusal(400, 21211, `Invalid 'To' Phone Number: ${to}`);
  if (!from) throw new Refusal(400, 21213, "No 'From' number is specified");
  if (!E164.test(from)) throw new Refusal(400, 21212, `Invalid 'From' Phone Number: ${from}`);
  if (!account.isAnyNumberItsOwn && !account.numbers.some(({ phone_number }) => phone_number === from)) {
    throw new Refusal(
      400,
      21210,
      `The source phone number provided, ${from}, is not yet verified for your account.`,
    );
  }
  if (rules.forbidden.some((prefix) => to.startsWith(prefix))) {
    throw new Refusal(
      400,
      21215,
      `Account not authorized to call ${to}. Perhaps you need to enable some international permissions.`,
    );
  }
  const detection = form.get('MachineDetection');
  if (detection !== null && !DETECTIONS.includes(detection)) {
    throw new Refusal(400, 21604, `Invalid MachineDetection: ${detection}`);
  }
  const event = form.getAll('StatusCallbackEvent').find((one) => !EVENTS.includes(one));
  if (event !== undefined) throw new Refusal(400, 21626, `Invalid StatusCallbackEvent: ${event}`);
  const seconds = Number(form.get('Timeout') ?? 60);
  if (!(seconds >= 1 && seconds <= 600)) throw new Refusal(400, 21208, `Invalid Timeout: ${seconds}`);
  const url = form.get('Url');
  if (url) return url;
  const twiml = form.get('Twiml');
  if (twiml) {
    if (twiml.length > 4000) throw new Refusal(400, 21623, 'Twiml is longer than 4000 characters');
    return null;
  }
  const application = account.applications.find(({ sid }) => sid === form.get('ApplicationSid'));
  if (application) return application.voice_url;
  throw new Refusal(400, 21205, 'Url parameter is required.');
}

function isAsked(call: FakeCall, query: URLSearchParams): boolean {
  const is = (name: string, value: string): boolean => !query.get(name) || query.get(name) === value;
  return (
    is('To', call.to) &&
    is('From', call.from) &&
    is('Status', call.status) &&
    // A call that was not dialled yet has no start, and is found by none.
    isWithin(call.startedAt, query, 'StartTime') &&
    isWithin(call.endedAt, query, 'EndTime') &&
    is('ParentCallSid', call.parentSid ?? '')
  );
}

/** A day (UTC) for `StartTime`; a moment or a day's beginning for `StartTime<` and `StartTime>`. */
function isWithin(ms: number | null, query: URLSearchParams, name: string): boolean {
  const before = query.get(`${name}<`);
  const after = query.get(`${name}>`);
  const on = query.get(name);
  if (!before && !after && !on) return true;
  if (ms === null) return false;
  if (on && new Date(ms).toISOString().slice(0, 10) !== new Date(on).toISOString().slice(0, 10)) return false;
  // Twilio keeps whole seconds.
  const second = Math.floor(ms / 1000) * 1000;
  return (
    (!before || second <= Date.parse(before)) &&
    (!after || second >= Math.floor(Date.parse(after) / 1000) * 1000)
  );
}

const SUBRESOURCES = [
  'events',
  'notifications',
  'payments',
  'recordings',
  'siprec',
  'streams',
  'transcriptions',
  'user_defined_message_subscriptions',
  'user_defined_messages',
];

function describeCall(call: FakeCall): object {
  const { account, startedAt, endedAt, answeredAt } = call;
  const uri = `/2010-04-01/Accounts/${account.sid}/Calls/${call.sid}`;
  const number = account.numbers.find(
    ({ phone_number }) => phone_number === (call.direction === 'inbound' ? call.to : call.from),
  );
  const seconds = endedAt === null ? null : String(Math.ceil((endedAt - (answeredAt ?? endedAt)) / 1000));
  return {
    sid: call.sid,
    account_sid: account.sid,
    api_version: '2010-04-01',
    answered_by: call.answeredBy,
    caller_name: null,
    date_created: rfc2822(call.createdAt),
    date_updated: rfc2822(call.updatedAt),
    direction: call.direction,
    duration: seconds,
    end_time: endedAt === null ? null : rfc2822(endedAt),
    forwarded_from: null,
    from: call.from,
    from_formatted: call.from,
    group_sid: null,
    parent_call_sid: call.parentSid ?? null,
    phone_number_sid: number?.sid ?? null,
    price: null,
    price_unit: 'USD',
    queue_time: String((startedAt ?? call.createdAt) - call.createdAt),
    start_time: startedAt === null ? null : rfc2822(startedAt),
    status: call.status,
    subresource_uris: Object.fromEntries(
      SUBRESOURCES.map((name) => [
        name,
        `${uri}/${name.replace(/(^|_)(\w)/g, (_all, _line, letter: string) => letter.toUpperCase())}.json`,
      ]),
    ),
    to: call.to,
    to_formatted: call.to,
    trunk_sid: null,
    uri: `${uri}.json`,
  };
}

function describeRecording(account: Account, recording: Recording, isOfCall: boolean): object {
  const date = rfc2822(recording.date_created);
  const base = `/2010-04-01/Accounts/${account.sid}`;
  return {
    sid: recording.sid,
    account_sid: account.sid,
    api_version: '2010-04-01',
    call_sid: recording.call_sid,
    conference_sid: null,
    channels: recording.channels,
    date_created: date,
    date_updated: date,
    start_time: date,
    duration: null,
    price: null,
    price_unit: null,
    source: recording.source,
    status: recording.status,
    error_code: null,
    encryption_details: null,
    ...(isOfCall
      ? {
          track: recording.track,
          uri: `${base}/Calls/${recording.call_sid}/Recordings/${recording.sid}.json`,
        }
      : {
          uri: `${base}/Recordings/${recording.sid}.json`,
          subresource_uris: {},
          media_url: `https://api.twilio.com${base}/Recordings/${recording.sid}`,
        }),
  };
}
