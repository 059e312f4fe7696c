/**
 * The token of a person's own page: names one stored profile, says until when it holds, and is signed for this purpose alone.
 * It holds no id that anybody else would know the person by.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import * as z from 'zod/mini';

const PREFIX = 'me_';
const LONGEST = 1024;

const claimsSchema = z.tuple([
  z.string().check(z.minLength(1), z.maxLength(128)),
  z.string().check(z.regex(/^[0-9a-f]{32}$/)),
  z.int(),
]);

export interface LinkClaims {
  readonly tenant: string;
  /** Id of the stored profile. */
  readonly profile: string;
  /** ms since the epoch. */
  readonly expiresAt: number;
}

const keyOf = (secret: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', "a person's own page", 32));

const signatureOf = (secret: string, content: string): Buffer =>
  createHmac('sha256', keyOf(secret)).update(content).digest();

export function signLink(secret: string, { tenant, profile, expiresAt }: LinkClaims): string {
  const content = Buffer.from(JSON.stringify([tenant, profile, expiresAt])).toString('base64url');
  return `${PREFIX}${content}.${signatureOf(secret, content).toString('base64url')}`;
}

/** What a token says; undefined when it was not signed by us for this, or has ended. `now`: ms. */
export function openLink(secret: string, token: string, now: number): LinkClaims | undefined {
  if (!token.startsWith(PREFIX) || token.length > LONGEST) return undefined;
  const [content = '', signature = '', ...more] = token.slice(PREFIX.length).split('.');
  const given = Buffer.from(signature, 'base64url');
  const expected = signatureOf(secret, content);
  if (more.length > 0 || given.length !== expected.length || !timingSafeEqual(given, expected))
    return undefined;
  const [tenant, profile, expiresAt] = claimsSchema.parse(
    JSON.parse(Buffer.from(content, 'base64url').toString('utf8')),
  );
  return expiresAt > now ? { tenant, profile, expiresAt } : undefined;
}
