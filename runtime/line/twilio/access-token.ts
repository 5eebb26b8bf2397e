/** Access tokens for Twilio's Voice SDKs: https://www.twilio.com/docs/iam/access-tokens */
import { createHmac } from 'node:crypto';

export interface VoiceToken {
  accountSid: string;
  /** Where the account has credentials of its own; null: us1. */
  region: string | null;
  key: { sid: string; secret: string };
  identity: string;
  /** Asked for TwiML when the browser calls, and told the parameters with every call. */
  applicationSid: string;
  parameters: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  from: number;
  until: number;
}

/** A JSON Web Token (HS256) with a grant to call out, and none to be called. */
export function voiceToken(token: VoiceToken): string {
  const { accountSid, region, key, identity, applicationSid, parameters } = token;
  const iat = Math.floor(token.from / 1000);
  const header = {
    alg: 'HS256',
    typ: 'JWT',
    cty: 'twilio-fpa;v=1',
    ...(region !== null && { twr: region }),
  };
  const claims = {
    jti: `${key.sid}-${iat}`,
    iss: key.sid,
    sub: accountSid,
    iat,
    exp: Math.floor(token.until / 1000),
    grants: {
      identity,
      voice: { outgoing: { application_sid: applicationSid, params: parameters } },
    },
  };
  const signed = `${part(header)}.${part(claims)}`;
  return `${signed}.${createHmac('sha256', key.secret).update(signed).digest('base64url')}`;
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
