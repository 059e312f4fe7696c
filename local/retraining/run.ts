/** A retraining run on one machine: the workflow of `functions/retrain`, by the local interpreter, in this thread. */
import * as z from 'zod/mini';
import { WellspringError } from '../../domain/errors.ts';
import { PROFILE } from '../../domain/profile/item.ts';
import { makeRetrain } from '../../functions/retrain/retrain.ts';
import type { StepServices } from '../../functions/retrain/run.ts';
import { tidy } from '../../functions/retrain/run.ts';
import { type ModelName, modelNames, retrainWorkflow, steps } from '../../functions/retrain/workflow.ts';
import { makeScore } from '../../functions/score/score.ts';
import packageFile from '../../package.json' with { type: 'json' };
import { LocalServices } from '../services.ts';
import { LOCAL_TASK, runStateMachine } from '../state-machine/run.ts';

export interface RetrainSettings {
  readonly data: string;
  readonly secret: string;
  readonly tenant: string;
  readonly models: readonly ModelName[];
  /** @default another one every day */
  readonly seed?: number;
}

/** What the machine leaves when the snapshot found too little. */
const shortSchema = z.object({ error: z.object({ Cause: z.string() }) });

const outputSchema = z.object({
  snapshot: z.object({
    digest: z.string(),
    events: z.number(),
    people: z.number(),
    examples: z.object({ train: z.number(), validation: z.number(), holdout: z.number() }),
  }),
  results: z.array(
    z.object({
      model: z.enum(modelNames),
      gate: z.optional(z.object({ passed: z.boolean(), version: z.string() })),
      fail: z.optional(z.object({ error: z.string(), cause: z.string() })),
      rollback: z.optional(z.object({ champion: z.nullable(z.string()) })),
    }),
  ),
});
export type RetrainOutput = z.infer<typeof outputSchema>;

/** @throws WellspringError `too_little_history`. A model that fails does not throw: its result says so. */
export async function retrain(
  { data, secret, tenant, models, seed }: RetrainSettings,
  onProgress: StepServices['onProgress'],
): Promise<RetrainOutput> {
  const clock = { now: (): number => Date.now() };
  const services = new LocalServices({
    data,
    secret,
    clock,
    metrics: { count: () => {} },
    onAppend: () => {},
  });
  const { objects } = services;
  const name = new Date(clock.now()).toISOString().replaceAll(/[-:.]/g, '');
  const run = { tenant, run: name, ...(seed === undefined ? {} : { seed }) };
  try {
    const call = makeRetrain({
      clock,
      metrics: services.metrics,
      secret,
      streams: {},
      tables: { profiles: services.table('profiles') },
      objects,
      lake: await services.lake(),
      code: packageFile.version,
      onProgress,
    });
    const output = await runStateMachine({
      definition: retrainWorkflow(LOCAL_TASK),
      tasks: steps,
      input: { ...run, models },
      call,
    });
    const short = shortSchema.safeParse(output);
    if (short.success) throw new WellspringError('too_little_history', short.data.error.Cause);
    const parsed = outputSchema.parse(output);
    if (parsed.results.some(({ gate }) => gate?.passed)) await scoreAll(services, tenant, onProgress);
    return parsed;
  } finally {
    await tidy(objects, run);
    await services.close();
  }
}

/** Gives everybody scores of the models that serve now; later changes come through the stream. */
async function scoreAll(
  services: LocalServices,
  tenant: string,
  onProgress: StepServices['onProgress'],
): Promise<void> {
  const { clock, metrics, secret, objects, endpoint } = services;
  const profiles = services.table('profiles');
  const scorer = makeScore({ clock, metrics, secret, streams: {}, tables: { profiles }, objects, endpoint });
  const prefix = `${tenant}#`;
  let scored = 0;
  let cursor: string | undefined;
  do {
    const page = await profiles.scan({ limit: 1000, ...(cursor === undefined ? {} : { cursor }) });
    const ids = page.items
      .filter(({ pk, sk }) => sk === PROFILE && pk.startsWith(prefix))
      .map(({ pk }) => pk.slice(prefix.length));
    scored += await scorer.score(tenant, ids);
    cursor = page.cursor;
    onProgress({
      step: 'score',
      share: cursor === undefined ? 1 : 0,
      says: `${scored.toLocaleString('en-US')} profiles scored`,
    });
  } while (cursor !== undefined);
}
