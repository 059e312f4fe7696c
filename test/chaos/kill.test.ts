/** The process is killed again and again while events stream in; nothing that was answered is lost or counted twice. */
import { afterEach, expect, test } from 'vitest';
import { type Ready, startCommand, wellspring } from '../cli/running.ts';
import { testFolder } from '../fixtures/folder.ts';

const KILLS = 3;
const PER_REQUEST = 40;
const PEOPLE = 30;
let host: Ready | undefined;

afterEach(async () => {
  await host?.stop('SIGKILL');
});

const start = async (data: string): Promise<Ready> => {
  host = await startCommand(data, '--no-demo');
  return host;
};

function bodyOf(writeKey: string, request: number): string {
  const batch = Array.from({ length: PER_REQUEST }, (_, i) => ({
    type: 'track',
    event: 'Product Added',
    anonymousId: `device-${(request * 7 + i) % PEOPLE}`,
    messageId: `m-${request}-${i}`,
    timestamp: new Date().toISOString(),
    properties: { product_id: `p-${i}`, price: 2, quantity: 1, currency: 'USD' },
  }));
  return JSON.stringify({ writeKey, batch });
}

/** True when it was answered with 200; a cut connection is no answer. */
async function send(to: Ready, request: number): Promise<boolean> {
  try {
    const response = await fetch(`${to.url}/v1/batch`, {
      method: 'POST',
      body: bodyOf(to.writeKey, request),
    });
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

/** Sends one request after the other until the process is gone; returns those without an answer. */
async function sendUntilKilled(to: Ready, first: number, count: number): Promise<number[]> {
  const unanswered: number[] = [];
  const killAfter = Math.floor(count / 2);
  let killed: Promise<unknown> | undefined;
  for (let n = first; n < first + count; n++) {
    if (n === first + killAfter) killed = to.stop('SIGKILL');
    if (!(await send(to, n))) unanswered.push(n);
  }
  await killed;
  return unanswered;
}

async function drained(data: string): Promise<{ totals: { accepted: number }; inFlight: number }> {
  return JSON.parse((await wellspring('drain', '--data', data, '--json')).stdout);
}

test('every event is applied once, and the books balance', { timeout: 60_000 }, async () => {
  using folder = testFolder();
  const perRun = 60;
  let unanswered: number[] = [];
  for (let kill = 0; kill < KILLS; kill++) {
    const running = await start(folder.path);
    const again = unanswered;
    unanswered = [];
    // A client tries again what nobody answered: it may have been stored, or not.
    for (const n of again) if (!(await send(running, n))) unanswered.push(n);
    unanswered.push(...(await sendUntilKilled(running, kill * perRun, perRun)));
  }
  expect(unanswered.length).toBeGreaterThan(0);
  const last = await start(folder.path);
  for (const n of unanswered) expect(await send(last, n)).toBe(true);
  const sent = KILLS * perRun * PER_REQUEST;
  const books = await drained(folder.path);
  expect(books).toMatchObject({ totals: { applied: sent, quarantined: 0, suppressed: 0 }, inFlight: 0 });
  expect(books.totals.accepted).toBeGreaterThanOrEqual(sent);
  const counted = await Promise.all(
    Array.from({ length: PEOPLE }, (_, i) => last.get(`/api/profiles/device-${i}`)),
  );
  const events = counted.map(
    (reply) => (reply as { profile: { dynamic: { events: number } } }).profile.dynamic,
  );
  expect(events.reduce((sum, dynamic) => sum + dynamic.events, 0)).toBe(sent);
});
