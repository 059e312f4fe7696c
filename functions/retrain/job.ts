/** Training on a machine with a GPU: what the job is asked for, and what came back from it. */
import { gunzipSync } from 'node:zlib';
import * as z from 'zod/mini';
import { WellspringError } from '../../domain/errors.ts';
import type { NetworkConfig } from '../../models/behaviour/config.ts';
import { RESERVED } from '../../models/behaviour/sequence.ts';
import { fieldSizes, tokensOf } from '../../models/behaviour/tokens.ts';
import type { BehaviourConfig, TrainedBehaviour } from '../../models/behaviour/train.ts';
import { buildVocabulary, type Vocabulary } from '../../models/behaviour/vocabulary.ts';
import { trainingFiles } from '../../models/sagemaker/dataset.ts';
import { createTrainingJob } from '../../models/sagemaker/requests.ts';
import { readWeights } from '../../models/sagemaker/weights-file.ts';
import type { TrainingSet } from '../../models/snapshot/training-set.ts';
import { prefixOf, type TrainingMachines } from './machines.ts';
import { type ModelRun, runFolder, type StepServices } from './run.ts';
import { untar } from './untar.ts';

export type JobRequest = ReturnType<typeof createTrainingJob>;

const HOUR_SECONDS = 3600;

const jobFolder = (run: ModelRun): string => `${runFolder(run)}${run.model}/job/`;

const nameOf = (run: ModelRun, machines: TrainingMachines) => ({
  prefix: prefixOf(machines, run.tenant),
  model: run.model,
  version: run.run.replaceAll(/[^a-zA-Z0-9]/g, ''),
});

function networkOf({ network }: BehaviourConfig, vocabulary: Vocabulary): NetworkConfig {
  const items = RESERVED + vocabulary.items.length;
  return { ...network, items, fields: fieldSizes(vocabulary), outcomes: true };
}

/** Stores what the job reads, and returns what SageMaker is to be asked for. `trainer`: the text of `train.py`. */
export async function prepareJob(
  run: ModelRun,
  settings: TrainingMachines,
  { set, config, trainer }: { set: TrainingSet; config: BehaviourConfig; trainer: string },
  { objects }: StepServices,
): Promise<JobRequest> {
  const vocabulary = buildVocabulary(set.examples.train);
  const network = networkOf(config, vocabulary);
  const plan = { network, training: config.training, seed: run.seed };
  const sequences = set.examples.train.map((example) => tokensOf(example, vocabulary, network.length));
  const folder = jobFolder(run);
  for (const [name, data] of Object.entries(trainingFiles(plan, sequences)))
    await objects.put(`${folder}training/${name}`, data);
  await objects.put(`${folder}code/train.py`, new TextEncoder().encode(trainer));
  const at = (part: string): string => `s3://${settings.bucket}/${folder}${part}`;
  return createTrainingJob({
    ...nameOf(run, settings),
    region: settings.region,
    role: settings.role,
    machine: settings.machine,
    run: plan,
    data: at('training/'),
    code: at('code/'),
    output: at('output'),
    checkpoints: at('checkpoints/'),
    seconds: 4 * HOUR_SECONDS,
    waitSeconds: 8 * HOUR_SECONDS,
  });
}

const metricsSchema = z.object({ epochs: z.int() });

/** The network that a job trained. @throws WellspringError `model_corrupt` when it left none. */
export async function takeJob(
  run: ModelRun,
  settings: TrainingMachines,
  { set, config }: { set: TrainingSet; config: BehaviourConfig },
  { objects }: StepServices,
): Promise<TrainedBehaviour> {
  const { prefix, model, version } = nameOf(run, settings);
  const archive = await objects.get(
    `${jobFolder(run)}output/${prefix}-${model}-${version}/output/model.tar.gz`,
  );
  if (!archive) throw new WellspringError('model_corrupt', 'the training job left no model');
  const files = filesOf(archive);
  const vocabulary = buildVocabulary(set.examples.train);
  const network = networkOf(config, vocabulary);
  const file = (name: string): Uint8Array => files.get(name) ?? new Uint8Array();
  const weights = readWeights(network, {
    'weights.json': file('weights.json'),
    'weights.bin': file('weights.bin'),
  });
  const metrics = metricsSchema.safeParse(JSON.parse(new TextDecoder().decode(file('metrics.json')) || '{}'));
  return { config: network, vocabulary, weights, epochs: metrics.data?.epochs ?? config.training.epochs };
}

function filesOf(archive: Uint8Array): Map<string, Uint8Array> {
  try {
    return untar(gunzipSync(archive));
  } catch (cause) {
    throw new WellspringError('model_corrupt', 'what the training job left is no archive', { cause });
  }
}
