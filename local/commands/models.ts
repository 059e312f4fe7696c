/** `wellspring models`: what was trained, what serves, and the way back. */
import { resolve } from 'node:path';
import { EmbeddedObjects } from '../../adapters/embedded/objects.ts';
import { list, rollback } from '../../models/registry/registry.ts';
import { files } from '../files.ts';
import { TENANT } from '../host.ts';
import { listText } from '../retraining/report.ts';

const objectsIn = (data: string): EmbeddedObjects => new EmbeddedObjects(files.lake(resolve(data)));

export async function showModels({
  data,
  json,
}: {
  readonly data: string;
  readonly json: boolean;
}): Promise<void> {
  const models = await list(objectsIn(data), TENANT);
  process.stdout.write(json ? `${JSON.stringify(models)}\n` : listText(models));
}

/** @throws WellspringError `model_unknown` when there is no earlier version. */
export async function rollBackModel(name: string, { data }: { readonly data: string }): Promise<void> {
  const { champion } = await rollback(
    objectsIn(data),
    { tenant: TENANT, name },
    { now: Date.now(), why: 'Rolled back by hand.' },
  );
  process.stdout.write(`${name} is served by ${champion} again.\n`);
}
