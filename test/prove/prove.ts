/** One proof: plan, faults, kills, drain, comparison. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../domain/random.ts';
import { check, type Finding } from './check.ts';
import { type Books, SystemUnderProof } from './child.ts';
import { type Driven, drive } from './drive.ts';
import { faultsFile, type Sabotage } from './faults.ts';
import { planOf } from './plan.ts';

export interface ProveOptions {
  readonly events: number;
  readonly seed: number;
  readonly kills: number;
  /** An empty folder. */
  readonly folder: string;
  readonly sabotage?: Sabotage;
  readonly say: (phase: 'send' | 'drain' | 'check', share: number) => void;
}

export interface Proof extends Driven {
  readonly findings: readonly Finding[];
  readonly books: Books;
  readonly sent: number;
  readonly kills: number;
  readonly poison: number;
  /** How often each fault was injected. */
  readonly faults: Readonly<Record<string, number>>;
  readonly drainSeconds: number;
  readonly seed: number;
}

/** Chances per call or batch; far more than any day on AWS brings. */
const rates = {
  throttle: 0.06,
  partial: 0.04,
  lostAnswer: 0.06,
  redeliver: 0.15,
  cut: 0.2,
  crash: 0.15,
  zombie: 0.3,
};

export async function prove({ events, seed, kills, folder, sabotage, say }: ProveOptions): Promise<Proof> {
  const notes = join(folder, 'notes');
  const data = join(folder, 'data');
  mkdirSync(notes, { recursive: true });
  const plan = planOf({ events, seed, now: Date.now() });
  const system = new SystemUnderProof(data, { notes, rates, ...(sabotage && { sabotage }) });
  await system.start();
  const driven = await drive(plan, system, {
    kills,
    random: seededRandom(seed + 1),
    onProgress: (share) => say('send', share),
  });
  say('drain', 0);
  const begun = performance.now();
  const books = await system.drain();
  const drainSeconds = (performance.now() - begun) / 1000;
  await system.stop();
  say('check', 0);
  return {
    ...driven,
    findings: await check(plan, books, data, notes),
    books,
    sent: plan.events,
    kills,
    poison: plan.refused.size,
    faults: faultsIn(notes),
    drainSeconds,
    seed,
  };
}

function faultsIn(notes: string): Record<string, number> {
  const counts: Record<string, number> = {};
  const path = faultsFile(notes);
  if (!existsSync(path)) return counts;
  for (const fault of readFileSync(path, 'utf8').trimEnd().split('\n'))
    counts[fault] = (counts[fault] ?? 0) + 1;
  return counts;
}
