/** Step 2: trains one model and leaves its files to the later steps. */
import type { ModelSchema } from '../../domain/endpoint.ts';
import { leave, type ModelRun, runFolder, type StepServices, take, takeSet } from './run.ts';
import { type Trained, trainers } from './trainers.ts';

const folderOf = (run: ModelRun): string => `${runFolder(run)}${run.model}/`;

export async function train(run: ModelRun, services: StepServices): Promise<{ readonly files: string[] }> {
  const { objects, onProgress } = services;
  const set = await takeSet(objects, run);
  const trained = await trainers[run.model](set, {
    seed: run.seed,
    onProgress: (share, says) => onProgress({ step: 'train', model: run.model, share, says }),
  });
  for (const [name, data] of Object.entries(trained.files))
    await objects.put(`${folderOf(run)}files/${name}`, data);
  const files = Object.keys(trained.files);
  await leave(objects, `${folderOf(run)}trained`, { files, schema: trained.schema, config: trained.config });
  return { files };
}

/** What {@link train} left. */
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
