/** Signatures as standardwebhooks.com describes them: HMAC-SHA256 over `id.timestamp.body`, one per secret that counts. */
import { createHmac, timingSafeEqual } from 'node:crypto';

const PREFIX = 'whsec_';
const VERSION = 'v1';
/** How far the time of a delivery may be from the receiver's clock, s. */
export const TOLERANCE_SECONDS = 300;

export interface Signed {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly timestamp: number;
  readonly body: string;
}

/** A secret as people copy it. `bytes`: 32 random ones. */
export const secretText = (bytes: Uint8Array): string => PREFIX + Buffer.from(bytes).toString('base64');

function digest({ id, timestamp, body }: Signed, secret: string): Buffer {
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  return createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest();
}

/** The headers of a delivery; while two secrets count, both sign it. */
export function signedHeaders(signed: Signed, secrets: readonly string[]): Record<string, string> {
  return {
    'webhook-id': signed.id,
    'webhook-timestamp': `${signed.timestamp}`,
    'webhook-signature': secrets
      .map((secret) => `${VERSION},${digest(signed, secret).toString('base64')}`)
      .join(' '),
  };
}

/** What a receiver does. `now`: seconds. */
export function isGenuine(
  headers: Readonly<Record<string, string | undefined>>,
  body: string,
  secret: string,
  now: number,
): boolean {
  const id = headers['webhook-id'] ?? '';
  const timestamp = Number(headers['webhook-timestamp']);
  if (!Number.isInteger(timestamp) || Math.abs(now - timestamp) > TOLERANCE_SECONDS) return false;
  const wanted = digest({ id, timestamp, body }, secret);
  return (headers['webhook-signature'] ?? '').split(' ').some((one) => {
    const [version, text = ''] = one.split(',');
    const given = Buffer.from(text, 'base64');
    return version === VERSION && given.length === wanted.length && timingSafeEqual(given, wanted);
  });
}
