/**
 * Behind the URL of what must be answered lest the caller be lost: Twilio asks again where the server cannot be
 * reached or fails, as while it is being started anew. It is not sent, and not signed.
 * https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides
 */
export const ASK_AGAIN = '#rc=5&rp=ct,5xx';
