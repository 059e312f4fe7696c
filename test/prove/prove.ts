/** One proof: plan, faults, deaths, drain, comparison. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../domain/random.ts';
import { check, type Finding } from './check.ts';
import { SystemUnderProof } from './child.ts';
import { FullDisk } from './disk.ts';
import { drive, type Moment } from './drive.ts';
import type { Books } from './life.ts';
import { makeNoise, type Noise } from './noise.ts';
import { faultsIn } from './notes.ts';
import { type Plan, planOf } from './plan.ts';
import { mortals, type Sabotage } from './settings.ts';

export interface ProveOptions {
  readonly events: number;
  readonly seed: number;
  /** Deaths while events are sent; each second one is aimed. One more, aimed, comes at the end. */
  readonly kills: number;
  /** An empty folder. */
  readonly folder: string;
  readonly sabotage?: Sabotage;
  /** `share` of the phase that is done, 0 to 1. */
  readonly say: (phase: 'send' | 'drain' | 'check', share: number) => void;
}

export interface Proof {
  readonly findings: readonly Finding[];
  readonly books: Books;
  readonly noise: Noise;
  readonly sent: number;
  /** Requests by what was answered; `none`: the connection was cut. */
  readonly answers: Readonly<Record<string, number>>;
  readonly poison: number;
  /** How often each fault was injected. */
  readonly faults: Readonly<Record<string, number>>;
  /** From each death to the next readiness, ms. */
  readonly recoveries: readonly number[];
  readonly drainSeconds: number;
  readonly seconds: number;
  readonly seed: number;
}

/** Small enough that a short run has many batches. */
const batchOf = (events: number): number => Math.min(200, Math.max(50, Math.round(events / 50)));

export async function prove({ events, seed, kills, folder, sabotage, say }: ProveOptions): Promise<Proof> {
  const begun = performance.now();
  const notes = join(folder, 'notes');
  const data = join(folder, 'data');
  mkdirSync(notes, { recursive: true });
  const plan = planOf({ events, seed, now: Date.now() });
  const faults = { notes, seed, ...(sabotage && { sabotage }) };
  const system = new SystemUnderProof({ data, batchRecords: batchOf(events), faults });
  try {
    await system.answering();
    const { answers, noise } = await storm(plan, system, { kills, seed, notes, say });
    const drained = performance.now();
    const books = await lastWords(plan, system, { answers, say });
    const drainSeconds = (performance.now() - drained) / 1000;
    await system.stop();
    say('check', 0);
    return {
      findings: await check({ plan, books, noise, data, notes }),
      books,
      noise,
      sent: plan.events,
      answers,
      poison: plan.refused.size,
      faults: { ...faultsIn(notes), 'torn log': system.torn },
      recoveries: system.recoveries,
      drainSeconds,
      seconds: (performance.now() - begun) / 1000,
      seed,
    };
  } finally {
    await system.abandon();
  }
}

interface Storm extends Pick<ProveOptions, 'kills' | 'seed' | 'say'> {
  readonly notes: string;
}

/** Sends all but the last request, while everything goes wrong. */
async function storm(
  { requests }: Plan,
  system: SystemUnderProof,
  { kills, seed, notes, say }: Storm,
): Promise<Pick<Proof, 'answers' | 'noise'>> {
  const answers: Record<string, number> = {};
  const disk = new FullDisk(notes);
  const quiet = new AbortController();
  const noise = makeNoise(system, quiet.signal);
  try {
    await drive(requests.slice(0, -1), system, {
      moments: momentsOf(requests.length, system, disk, { kills, random: seededRandom(seed + 1) }),
      onAnswer: (answer) => {
        answers[answer] = (answers[answer] ?? 0) + 1;
        disk.saw(answer);
      },
      onProgress: (share) => say('send', share),
    });
  } finally {
    disk.free();
    quiet.abort();
  }
  return { answers, noise: await noise };
}

/** The process is killed between two instructions, or dies in one of its threads at the worst moment; and the disk fills. */
function momentsOf(
  requests: number,
  system: SystemUnderProof,
  disk: FullDisk,
  { kills, random }: { readonly kills: number; readonly random: () => number },
): Moment[] {
  const strikes = Array.from({ length: kills }, (_, i) => () => {
    const aim = mortals[(i >> 1) % mortals.length];
    return i % 2 === 0 || aim === undefined ? system.kill() : system.aim(aim);
  });
  const fills = Array.from({ length: 1 + Math.floor(kills / 5) }, () => () => disk.fill());
  return [...strikes, ...fills].map((strike) => ({
    after: Math.floor((0.1 + 0.8 * random()) * requests),
    strike,
  }));
}

/**
 * Empties the streams, then sends the last request, whose profiles are stored when the process dies: nothing that
 * comes later can make up for an announcement that is forgotten then.
 */
async function lastWords(
  { requests }: Plan,
  system: SystemUnderProof,
  { answers, say }: { readonly answers: Record<string, number>; readonly say: ProveOptions['say'] },
): Promise<Books> {
  let most = 1;
  const onWaiting = (records: number): void => {
    most = Math.max(most, records);
    say('drain', 1 - records / most);
  };
  say('drain', 0);
  await system.drain(onWaiting);
  system.aim('features');
  await drive(requests.slice(-1), system, {
    moments: [],
    onAnswer: (answer) => {
      answers[answer] = (answers[answer] ?? 0) + 1;
    },
    onProgress: () => {},
  });
  return system.drain(onWaiting);
}
