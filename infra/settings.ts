/** What differs between the stages. Everything else follows from the map in `functions/chain.ts`. */
import type { FunctionName, StreamName } from '../functions/chain.ts';
import type { ServingMachines, TrainingMachines } from '../functions/retrain/machines.ts';
import { sizes } from '../models/sagemaker/sizes.ts';

export interface StageSettings {
  /** Where everything runs and every byte stays. */
  readonly region: string;
  /** Shards per stream; undefined: on demand, which scales by itself and costs about three times one shard. */
  readonly shards: Readonly<Record<StreamName, number>> | undefined;
  /** How long streams keep records. Longer than the map's `maxAgeSeconds`, or records expire unseen. */
  readonly streamHours: number;
  /** Memory other than the map says, MB. */
  readonly memoryMb: Partial<Record<FunctionName, number>>;
  /** True: deleting the stacks deletes the data with them. */
  readonly throwAway: boolean;
  /** Days an overwritten or deleted lake object can still be restored; also the longest an erased one lingers. */
  readonly lakeUndoDays: number | undefined;
  readonly logDays: 7 | 30;
  /** Requests per second to the HTTP API, and the burst above it. */
  readonly requests: { readonly perSecond: number; readonly burst: number };
  /** Tenants whose models are retrained every night. */
  readonly retrain: readonly string[];
  /** Machine that large models are trained on; undefined: the function trains them all, within its time and memory. */
  readonly training: Pick<TrainingMachines, 'machine' | 'leastExamples'> | undefined;
  /** Machines that the network serves on; undefined: none are paid for, and neighbours alone recommend. */
  readonly serving: Pick<ServingMachines, 'size' | 'perMinute' | 'capturePercent'> | undefined;
  /** Who gets alarms; undefined: nobody, the alarms only show. */
  readonly alarmEmail: string | undefined;
  /** Age of the oldest unread record that raises an alarm, minutes. */
  readonly lagMinutes: number;
  /** Where the runbook lies; alarms append the heading. */
  readonly runbook: string;
  /** Cost tags beside `project` and `stage`. */
  readonly tags: Readonly<Record<string, string>>;
}

export const stages = {
  dev: {
    region: 'eu-west-1',
    shards: { clickstream: 1, events: 1, changes: 1, memberships: 1 },
    streamHours: 48,
    memoryMb: {},
    throwAway: true,
    lakeUndoDays: undefined,
    logDays: 7,
    requests: { perSecond: 100, burst: 200 },
    retrain: ['main'],
    training: undefined,
    serving: undefined,
    alarmEmail: undefined,
    lagMinutes: 60,
    runbook: 'docs/runbook.md',
    tags: {},
  },
  prod: {
    region: 'eu-west-1',
    shards: undefined,
    streamHours: 72,
    memoryMb: {},
    throwAway: false,
    lakeUndoDays: 7,
    logDays: 30,
    requests: { perSecond: 5000, burst: 2500 },
    retrain: ['main'],
    training: { machine: sizes.prod.training, leastExamples: 20_000 },
    serving: { size: sizes.prod.serving, perMinute: 600, capturePercent: 1 },
    alarmEmail: undefined,
    lagMinutes: 10,
    runbook: 'docs/runbook.md',
    tags: {},
  },
} as const satisfies Record<string, StageSettings>;

export type Stage = keyof typeof stages;

/** Reads a stage's name. @throws Error that names the stages for any other text. */
export function readStage(text: string): Stage {
  if (text === 'dev' || text === 'prod') return text;
  throw new Error(`No stage "${text}": choose ${Object.keys(stages).join(' or ')}.`);
}
