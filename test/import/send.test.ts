/** Sending, against a collector that answers as each test needs it. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { WellspringError } from '../../domain/errors.ts';
import type { Outgoing } from '../../local/import/events.ts';
import { Sender } from '../../local/import/send.ts';

interface Seen {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly bytes: number;
  readonly batch: readonly { readonly n: number; readonly who: string }[];
}

interface Answer {
  readonly status: number;
  readonly code?: string;
  readonly retryAfter?: string;
}

const good: Answer = { status: 200 };
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** Records every request; `answer` decides about each. */
async function collector(
  answer: (seen: Seen, count: number) => Answer,
): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const body = Buffer.concat(parts);
    const one: Seen = {
      headers: request.headers,
      bytes: body.length,
      batch: JSON.parse(body.toString()).batch,
    };
    seen.push(one);
    const { status, code, retryAfter } = answer(one, seen.length);
    response.writeHead(status, retryAfter === undefined ? {} : { 'retry-after': retryAfter });
    response.end(JSON.stringify(code === undefined ? { success: true } : { error: { code } }));
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, seen };
}

const event = (n: number, who: string, more = ''): Outgoing => ({
  json: JSON.stringify({ n, who, more }),
  person: who,
  name: 'e',
  line: n,
});

interface Run {
  readonly stored: number;
  readonly refused: readonly string[];
  readonly waits: readonly number[];
  readonly error: unknown;
}

async function send(url: string, events: readonly Outgoing[]): Promise<Run> {
  let stored = 0;
  const refused: string[] = [];
  const waits: number[] = [];
  const sender = new Sender({
    url,
    key: 'sk_test',
    onStored: (count) => (stored += count),
    onRefused: ({ line }, code) => refused.push(`${line}: ${code}`),
    wait: async (milliseconds) => void waits.push(milliseconds),
  });
  let error: unknown;
  try {
    for (const one of events) await sender.add(one);
    await sender.close();
  } catch (caught) {
    error = caught;
  }
  return { stored, refused, waits, error };
}

const codeOf = ({ error }: Run): string => (error instanceof WellspringError ? error.code : String(error));
const people = ['ann', 'bob', 'cid', 'dan', 'eve', 'fay', 'gus'];
const many = (count: number, more = ''): Outgoing[] =>
  Array.from({ length: count }, (_, n) => event(n, people[n % people.length] ?? '', more));

describe('batches', () => {
  test('carry history by the secret key, within the limits, with each person in order', async () => {
    const { url, seen } = await collector(() => good);
    const run = await send(url, many(5000, 'x'.repeat(1200)));
    expect(run).toMatchObject({ stored: 5000, refused: [], error: undefined });
    for (const { headers, bytes, batch } of seen) {
      expect(headers['x-wellspring-replay']).toBe('1');
      expect(headers['authorization']).toBe(`Basic ${Buffer.from('sk_test:').toString('base64')}`);
      expect(batch.length).toBeLessThanOrEqual(500);
      expect(bytes).toBeLessThanOrEqual(500 * 1024);
    }
    const arrived = seen.flatMap(({ batch }) => batch);
    expect(arrived).toHaveLength(5000);
    for (const who of people) {
      const order = arrived.filter((one) => one.who === who).map(({ n }) => n);
      expect(order).toEqual(order.toSorted((a, b) => a - b));
    }
  });

  test('a batch that is refused is halved until only the event at fault is left out', async () => {
    const { url } = await collector(({ batch }) =>
      batch.some(({ n }) => n === 300) ? { status: 400, code: 'too_deep' } : good,
    );
    const run = await send(
      url,
      Array.from({ length: 500 }, (_, n) => event(n, 'ann')),
    );
    expect(run).toMatchObject({ stored: 499, refused: ['300: too_deep'], error: undefined });
  });
});

describe('repeats', () => {
  test('a busy collector is asked again when it says, a failing one later and later; nothing is lost', async () => {
    const answers: Answer[] = [{ status: 429, retryAfter: '2' }, { status: 503 }, { status: 500 }];
    const { url, seen } = await collector((_, count) => answers[count - 1] ?? good);
    const run = await send(url, [event(1, 'ann')]);
    expect(run).toMatchObject({ stored: 1, waits: [2000, 500, 1000], error: undefined });
    expect(seen).toHaveLength(4);
  });

  test('a collector that stays busy or is not there ends the import', async () => {
    const { url } = await collector(() => ({ status: 503, code: 'disk_full' }));
    expect(codeOf(await send(url, [event(1, 'ann')]))).toBe('stream_unavailable');
    expect(codeOf(await send('http://127.0.0.1:1', [event(1, 'ann')]))).toBe('not_running');
  });

  test.each([
    [401, 'invalid_write_key'],
    [403, 'secret_key_required'],
    [404, 'not_found'],
  ])('%i is not repeated: the key or the address is wrong', async (status, code) => {
    const { url, seen } = await collector(() => ({ status, code }));
    const run = await send(url, many(2000));
    expect(codeOf(run)).toBe('invalid_settings');
    expect(run.stored).toBe(0);
    expect(seen.length).toBeLessThanOrEqual(4);
  });
});
