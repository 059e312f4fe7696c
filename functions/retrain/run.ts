/** One run of the workflow: what its steps are given, and what they leave to each other in the store. */
import { gunzipSync, gzipSync } from 'node:zlib';
import * as z from 'zod/mini';
import { WellspringError } from '../../domain/errors.ts';
import type { Objects } from '../../domain/ports.ts';
import type { History } from '../../models/snapshot/history.ts';
import { restoreHistory, storeHistory } from '../../models/snapshot/stored-history.ts';
import { type TrainingSet, trainingSet } from '../../models/snapshot/training-set.ts';
import type { Services } from '../services.ts';
import { modelNames } from './workflow.ts';

export const runSchema = z.object({
  tenant: z.string(),
  /** Names the run; sorts by time. */
  run: z.string(),
  /** @default another one every day */
  seed: z.optional(z.int()),
});
export type RunInput = z.infer<typeof runSchema>;

export const modelRunSchema = z.extend(runSchema, {
  seed: z.int(),
  model: z.enum(modelNames),
  /** What earlier steps answered. */
  gate: z.optional(z.object({ version: z.string() })),
  deploy: z.optional(z.object({ create: z.optional(z.unknown()) })),
});
export type ModelRun = z.infer<typeof modelRunSchema>;

/** What a step works with. */
export type StepServices = Services<'retrain'> & {
  /** Version of this software. */
  readonly code: string;
  /** Text of `train.py`, where jobs on other machines are possible. */
  readonly trainer?: string;
  /** What is going on, for people who wait: `share` of the step from 0 to 1. */
  readonly onProgress: (progress: {
    readonly step: string;
    readonly model?: string;
    readonly share: number;
    readonly says?: string;
  }) => void;
};

export const runFolder = ({ tenant, run }: RunInput): string => `runs/${tenant}/${run}/`;

/** Stores what a step leaves to later ones. */
export async function leave(objects: Objects, key: string, value: unknown): Promise<void> {
  await objects.put(`${key}.json.gz`, gzipSync(JSON.stringify(value)));
}

/** Reads what {@link leave} stored. @throws WellspringError `model_unknown` when an earlier step did not leave it. */
export async function take(objects: Objects, key: string): Promise<unknown> {
  const data = await objects.get(`${key}.json.gz`);
  if (!data) throw new WellspringError('model_unknown', `the run has no ${key.split('/').at(-1)}`);
  return JSON.parse(gunzipSync(data).toString());
}

const historyKey = (run: RunInput): string => `${runFolder(run)}history.ndjson.gz`;

export const leaveHistory = (objects: Objects, run: RunInput, history: History): Promise<void> =>
  objects.put(historyKey(run), storeHistory(history));

/** The training set of what `snapshot` left: far larger than the history, and the same whenever it is cut from it. */
export async function takeSet(objects: Objects, run: RunInput): Promise<TrainingSet> {
  const data = await objects.get(historyKey(run));
  if (!data) throw new WellspringError('model_unknown', 'the run has no history');
  return trainingSet(restoreHistory(data));
}

/** Profiles that the history holds: whom a model that was trained in this run may have learned from. */
export async function takePeople(objects: Objects, run: RunInput): Promise<string[]> {
  const data = await objects.get(historyKey(run));
  return data
    ? restoreHistory(data)
        .people()
        .map(({ profile }) => profile)
    : [];
}

/** Removes what the steps of a run left to each other. */
export async function tidy(objects: Objects, run: RunInput): Promise<void> {
  const page = await objects.list({ prefix: runFolder(run) });
  await objects.delete(page.items.map(({ key }) => key));
}
