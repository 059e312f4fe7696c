/** The verifier that the documentation publishes takes what is genuine and nothing else. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { isGenuine, secretText, signedHeaders } from '../../domain/webhook/signature.ts';

const NOW = 1_772_366_400;
const secret = secretText(Buffer.alloc(32, 1));
const older = secretText(Buffer.alloc(32, 2));
const body = '{"type":"segment.entered"}';
const headers = signedHeaders({ id: 'm-1', timestamp: NOW, body }, [secret, older]);

type Verify = (
  headers: Readonly<Record<string, string | undefined>>,
  body: string,
  secret: string,
  now: number,
) => unknown;
const sample = z.object({ verify: z.custom<Verify>((value) => typeof value === 'function') });
let published: Verify;

beforeAll(async () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/webhooks.md'), 'utf8');
  const code = /```js\n([\s\S]+?)```/.exec(page)?.[1] ?? '';
  published = sample.parse(await import(`data:text/javascript,${encodeURIComponent(code)}`)).verify;
});

/** Both must say so. */
const accepted = (
  given: Readonly<Record<string, string | undefined>>,
  text = body,
  key = secret,
  now = NOW,
): boolean[] => [...new Set([Boolean(published(given, text, key, now)), isGenuine(given, text, key, now)])];

it('takes a delivery by the new secret and, while both sign, by the one before', () => {
  expect(accepted(headers)).toEqual([true]);
  expect(accepted(headers, body, older)).toEqual([true]);
  expect(accepted(headers, body, secretText(Buffer.alloc(32, 3)))).toEqual([false]);
});

it('takes no delivery that was changed anywhere', () => {
  expect(accepted(headers, `${body} `)).toEqual([false]);
  expect(accepted({ ...headers, 'webhook-id': 'm-2' })).toEqual([false]);
  expect(accepted({ ...headers, 'webhook-timestamp': `${NOW + 1}` })).toEqual([false]);
  expect(
    accepted({ ...headers, 'webhook-signature': headers['webhook-signature']?.replaceAll('v1,', 'v2,') }),
  ).toEqual([false]);
  for (const name of Object.keys(headers))
    expect(accepted({ ...headers, [name]: undefined })).toEqual([false]);
});

it('takes no delivery that is five minutes old or from the future', () => {
  for (const seconds of [300, -300]) expect(accepted(headers, body, secret, NOW + seconds)).toEqual([true]);
  for (const seconds of [301, -301]) expect(accepted(headers, body, secret, NOW + seconds)).toEqual([false]);
});
