/** What SageMaker is to be asked for so that a published version serves, and so that an earlier one does again. */

import { readFile, readManifest, readPointer, tritonVersion } from '../../models/registry/registry.ts';
import { packTriton } from '../../models/sagemaker/pack.ts';
import { createEndpointConfig, createModel, type Named } from '../../models/sagemaker/requests.ts';
import { createEndpoint, scaling, updateEndpoint, watchers } from '../../models/sagemaker/rollout.ts';
import { onGpu } from '../../models/sagemaker/sizes.ts';
import { type Machines, prefixOf, type ServingMachines } from './machines.ts';
import type { ModelRun, StepServices } from './run.ts';

/** Rows in one run of the model: a batch of the function `score` is one question. */
const BATCHES = { most: 512, preferred: [64, 256, 512], delayMicroseconds: 2000 };

export interface Deployment {
  /** Absent where no machines serve this model. */
  readonly model?: ReturnType<typeof createModel>;
  readonly config?: ReturnType<typeof createEndpointConfig>;
  readonly create?: ReturnType<typeof createEndpoint>;
  readonly update?: ReturnType<typeof updateEndpoint>;
  readonly scaling?: NonNullable<ReturnType<typeof scaling>>;
}

const named = (run: ModelRun, serving: ServingMachines, version: string): Named => ({
  prefix: prefixOf(serving, run.tenant),
  model: run.model,
  version,
});

/** Packs the version that the gate let pass. It serves once SageMaker has done what this answers. */
export async function deploy(
  run: ModelRun,
  { objects }: StepServices,
  { serving }: Machines,
): Promise<Deployment> {
  const version = run.gate?.version;
  if (!serving || version === undefined || run.model !== 'behaviour') return {};
  const { size, capturePercent, bucket, region, role, perMinute } = serving;
  const ref = { tenant: run.tenant, name: run.model };
  const manifest = await readManifest(objects, ref, version);
  const archive = packTriton(
    {
      name: run.model,
      schema: manifest.schema,
      maxBatchSize: BATCHES.most,
      preferredBatchSizes: BATCHES.preferred,
      maxQueueDelayMicroseconds: BATCHES.delayMicroseconds,
      instances: { kind: onGpu(size) ? 'GPU' : 'CPU', count: 1 },
    },
    await readFile(objects, ref, manifest, 'model.onnx'),
    tritonVersion(version),
  );
  const key = `models/${run.tenant}/${run.model}/${version}/triton/model.tar.gz`;
  await objects.put(key, archive);
  const names = named(run, serving, version);
  const capture = { folder: `s3://${bucket}/captured`, percent: capturePercent };
  const scaled = scaling(names, size, perMinute);
  return {
    model: createModel({ ...names, region, role, size, archive: `s3://${bucket}/${key}` }),
    config: createEndpointConfig({ ...names, size, ...(capturePercent > 0 && { capture }) }),
    create: createEndpoint(names),
    update: updateEndpoint({ ...names, alarms: watchers(names) }),
    ...(scaled && { scaling: scaled }),
  };
}

export interface Restored {
  /** Absent where the endpoint was not touched, or nobody serves. */
  readonly back?: ReturnType<typeof createEndpoint>;
}

/** After a run that failed once the endpoint may have moved: what brings the endpoint to the champion. */
export async function restore(
  run: ModelRun,
  { objects }: StepServices,
  { serving }: Machines,
): Promise<Restored> {
  if (!serving || run.deploy?.create === undefined) return {};
  const champion = (await readPointer(objects, { tenant: run.tenant, name: run.model }))?.champion;
  return champion ? { back: createEndpoint(named(run, serving, champion)) } : {};
}
