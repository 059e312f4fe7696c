/** Step 2: trains one model, here or on a machine of its own, and leaves its files to the later steps. */
import type { ModelSchema } from '../../domain/endpoint.ts';
import { type JobRequest, prepareJob, takeJob } from './job.ts';
import type { Machines } from './machines.ts';
import { leave, type ModelRun, runFolder, type StepServices, take, takeSet } from './run.ts';
import { completeBehaviour, sizeFor, type Trained, trainers } from './trainers.ts';

const folderOf = (run: ModelRun): string => `${runFolder(run)}${run.model}/`;

export interface Training {
  /** Names of what was trained; empty while a job is to do it. */
  readonly files: readonly string[];
  /** What SageMaker is to be asked for; `finish` follows. */
  readonly job?: JobRequest;
}

export async function train(
  run: ModelRun,
  services: StepServices,
  { training: job }: Machines,
): Promise<Training> {
  const { objects, onProgress, trainer } = services;
  const set = await takeSet(objects, run);
  const large = set.examples.train.length >= (job?.leastExamples ?? Number.POSITIVE_INFINITY);
  if (job && large && trainer !== undefined && run.model === 'behaviour') {
    const request = await prepareJob(run, job, { set, config: sizeFor(set), trainer }, services);
    return { files: [], job: request };
  }
  const trained = await trainers[run.model](set, {
    seed: run.seed,
    onProgress: (share, says) => onProgress({ step: 'train', model: run.model, share, says }),
  });
  return leaveTrained(run, trained, services);
}

/** After a job: makes of its weights what {@link train} would have left. */
export async function finish(
  run: ModelRun,
  services: StepServices,
  { training: job }: Machines,
): Promise<Training> {
  if (!job) throw new RangeError('no machine was to train');
  const set = await takeSet(services.objects, run);
  const config = sizeFor(set);
  const trained = await takeJob(run, job, { set, config }, services);
  return leaveTrained(run, await completeBehaviour(set, trained, config, run.seed), services);
}

async function leaveTrained(run: ModelRun, trained: Trained, { objects }: StepServices): Promise<Training> {
  for (const [name, data] of Object.entries(trained.files))
    await objects.put(`${folderOf(run)}files/${name}`, data);
  const files = Object.keys(trained.files);
  await leave(objects, `${folderOf(run)}trained`, { files, schema: trained.schema, config: trained.config });
  return { files };
}

/** What {@link train} or {@link finish} left. */
export async function takeTrained(run: ModelRun, { objects }: StepServices): Promise<Trained> {
  const left = (await take(objects, `${folderOf(run)}trained`)) as {
    files: string[];
    schema: ModelSchema;
    config: Trained['config'];
  };
  const files: Record<string, Uint8Array> = {};
  for (const name of left.files) {
    const data = await objects.get(`${folderOf(run)}files/${name}`);
    if (data) files[name] = data;
  }
  return { files, schema: left.schema, config: left.config };
}
