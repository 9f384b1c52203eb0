import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * X-Twilio-Signature: base64 of HMAC-SHA1, keyed by the account's token, over the whole URL followed by every field's name
 * and value in the order of the names (https://www.twilio.com/docs/usage/security).
 */
export function twilioSignature(token: string, url: string, fields: Readonly<Record<string, string>>): string {
  const content = Object.keys(fields)
    .sort()
    .reduce((text, name) => text + name + fields[name], url);
  return createHmac('sha1', token).update(content, 'utf8').digest('base64');
}

export function isSignedBy(
  token: string,
  url: string,
  fields: Readonly<Record<string, string>>,
  given: unknown,
): boolean {
  if (typeof given !== 'string') return false;
  const expected = Buffer.from(twilioSignature(token, url, fields));
  const got = Buffer.from(given);
  return expected.length === got.length && timingSafeEqual(expected, got);
}
