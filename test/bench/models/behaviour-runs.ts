/** Training runs that survive an interruption: a checkpoint after every epoch, the trained model at the end. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import * as z from 'zod/mini';
import {
  readCheckpoint,
  readSessions,
  storeCheckpoint,
  storeSessions,
} from '../../../models/behaviour/stored.ts';
import {
  type TrainedSessions,
  type TrainSessionsOptions,
  trainSessions,
} from '../../../models/behaviour/train-sessions.ts';
import type { BenchOptions } from './row.ts';

export interface Run {
  readonly trained: TrainedSessions;
  /** Of training, over all interruptions. */
  readonly seconds: number;
}

const timeSchema = z.object({ settings: z.string(), seconds: z.number() });

/**
 * Trains, goes on from a checkpoint, or reads what is finished: `<file>.bin`, `<file>.checkpoint`, and in `<file>.json`
 * the seconds spent and the settings. Other settings or another seed begin anew.
 */
export async function runSessions(
  file: string,
  options: TrainSessionsOptions,
  progress: (line: string) => void,
): Promise<Run> {
  mkdirSync(dirname(file), { recursive: true });
  const settings = JSON.stringify([options.config, options.seed, options.items, options.sessions.length]);
  const before = timeOf(file, settings);
  if (before !== undefined && existsSync(`${file}.bin`))
    return { trained: readSessions(readFileSync(`${file}.bin`)), seconds: before };
  const going = before !== undefined && existsSync(`${file}.checkpoint`);
  const begun = performance.now();
  const seconds = (): number => (going ? before : 0) + (performance.now() - begun) / 1000;
  const report = reporter(progress, options.sessions.length, begun);
  const trained = await trainSessions({
    ...options,
    ...(going && { resume: readCheckpoint(readFileSync(`${file}.checkpoint`)) }),
    onProgress: report,
    onCheckpoint: (checkpoint) => {
      save(`${file}.checkpoint`, storeCheckpoint(checkpoint));
      save(`${file}.json`, JSON.stringify({ settings, seconds: seconds() }));
    },
  });
  save(`${file}.bin`, storeSessions(trained));
  rmSync(`${file}.checkpoint`, { force: true });
  return { trained, seconds: seconds() };
}

function timeOf(file: string, settings: string): number | undefined {
  if (!existsSync(`${file}.json`)) return undefined;
  const stored = timeSchema.safeParse(JSON.parse(readFileSync(`${file}.json`, 'utf8')));
  return stored.success && stored.data.settings === settings ? stored.data.seconds : undefined;
}

/** A file is there in whole or not at all. */
function save(file: string, data: Uint8Array | string): void {
  writeFileSync(`${file}.part`, data);
  renameSync(`${file}.part`, file);
}

const SHOWN_EVERY = 15_000;

function reporter(progress: (line: string) => void, sessions: number, begun: number) {
  let shown = begun;
  let first: number | undefined;
  return (at: { epoch: number; epochs: number; loss: number; figure?: number }): void => {
    const now = performance.now();
    first ??= at.epoch;
    if (at.figure === undefined && now - shown < SHOWN_EVERY) return;
    shown = now;
    const perEpoch = at.epoch > first ? (now - begun) / 1000 / (at.epoch - first) : 0;
    const left = Math.round(perEpoch * (at.epochs - at.epoch));
    const result = at.figure === undefined ? `loss ${at.loss.toFixed(3)}` : `figure ${at.figure.toFixed(4)}`;
    const speed = perEpoch > 0 ? `${Math.round(sessions / perEpoch)} sessions/s` : '';
    progress(`epoch ${at.epoch.toFixed(2)} of ${at.epochs}, ${result}, ${speed}, ${left} s left`);
  };
}

/** Where the run of a data set lies. `validation`: trained without the newest tenth of the sessions. */
export function runFile(
  { scratch, quick }: Pick<BenchOptions, 'scratch' | 'quick'>,
  set: string,
  validation: boolean,
  seed: number,
): string {
  const parts = [
    set,
    'behaviour',
    ...(validation ? ['validation'] : []),
    ...(seed === 1 ? [] : [`seed${seed}`]),
  ];
  return join(scratch, quick ? 'quick' : '', parts.join('-'));
}
