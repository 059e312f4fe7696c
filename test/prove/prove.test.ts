/** A short proof holds under every fault, and fails whenever one safety is taken out. */
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { testFolder } from '../fixtures/folder.ts';
import type { PromiseName } from './check.ts';
import { progressOn } from './progress.ts';
import { type Proof, prove } from './prove.ts';
import { report } from './report.ts';
import { type Sabotage, sabotages } from './settings.ts';

const LIMIT_MS = 120_000;

/** Each system starts several times: what is compiled once serves them all. */
const cache = testFolder();
beforeAll(() => {
  vi.stubEnv('NODE_COMPILE_CACHE', cache.path);
});
afterAll(() => {
  vi.unstubAllEnvs();
  cache[Symbol.dispose]();
});

async function proof(events: number, kills: number, sabotage?: Sabotage): Promise<Proof> {
  using folder = testFolder();
  const options = { events, seed: 1, kills, folder: folder.path, say: () => {} };
  return await prove({ ...options, ...(sabotage && { sabotage }) });
}

const broken = ({ findings }: Proof): PromiseName[] =>
  findings.filter(({ wrong }) => wrong > 0).map(({ promise }) => promise);

test('every promise holds while the system is killed, throttled, cut off and full', {
  timeout: LIMIT_MS,
}, async () => {
  const found = await proof(2500, 2);
  expect(report(found)).not.toContain('BROKEN');
  expect(found.findings).toHaveLength(8);
  // Two deaths amid the storm, one of them in the collector, and one between storing and announcing.
  expect(found.recoveries.length).toBeGreaterThanOrEqual(2);
  for (const fault of ['death in features', 'throttle', 'lostAnswer', 'late write', 'zombie', 'torn log'])
    expect(found.faults).toHaveProperty([fault], expect.any(Number));
});

/** Which promise each safety keeps. */
const guards: Readonly<Record<Sabotage, PromiseName>> = {
  'no-condition': 'profiles',
  'dedup-before-effect': 'profiles',
  'ack-before-durability': 'once',
  'drop-on-throttle': 'once',
  'publish-without-outbox': 'announced',
};

test.each(sabotages)('a proof of %s fails', { timeout: LIMIT_MS }, async (sabotage) => {
  expect(broken(await proof(800, 1, sabotage))).toContain(guards[sabotage]);
});

test('progress says how long it will take', () => {
  const lines: string[] = [];
  let now = 0;
  const say = progressOn({ write: (line) => lines.push(`${line}`) > 0 }, () => now);
  say('send', 0);
  for (now = 1000; now <= 10_000; now += 1000) say('send', now / 10_000);
  say('drain', 0);
  expect(lines[0]).toBe('send 0 %\n');
  expect(lines[5]).toBe('send 50 %, about 5 s left\n');
  expect(lines.slice(-2)).toEqual(['send 100 %\n', 'drain 0 %\n']);
});
