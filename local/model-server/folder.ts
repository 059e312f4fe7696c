/** Models in Triton's layout: `<model>/<version>/model.onnx`; the highest version is served. */
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import type { LoadedModel } from '../../adapters/embedded/endpoint.ts';
import type { Datatype, ModelSchema, TensorSpec } from '../../domain/endpoint.ts';
import { WellspringError } from '../../domain/errors.ts';

const datatypes: Readonly<Record<string, Datatype>> = { float32: 'FP32', int32: 'INT32', int64: 'INT64' };

/** Every model of a folder, by name. @throws WellspringError `invalid_settings` that says what the folder lacks. */
export async function modelsIn(folder: string): Promise<Map<string, LoadedModel>> {
  if (!existsSync(folder)) throw new WellspringError('invalid_settings', `There is no folder ${folder}.`);
  const found = new Map<string, LoadedModel>();
  for (const name of readdirSync(folder)) {
    const version = newestOf(join(folder, name));
    if (version === undefined) continue;
    const path = join(folder, name, version, 'model.onnx');
    const onnx = (): Promise<Uint8Array> => readFile(path);
    found.set(name, { version, schema: await schemaOf(await onnx()), onnx });
  }
  if (found.size > 0) return found;
  throw new WellspringError('invalid_settings', `${folder} holds no <model>/<version>/model.onnx.`);
}

function newestOf(folder: string): string | undefined {
  const versions = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'model.onnx')))
    .map(({ name }) => name);
  return versions.sort((a, b) => Number(a) - Number(b) || (a < b ? -1 : 1)).at(-1);
}

/** What the file itself says that it takes and gives. */
async function schemaOf(onnx: Uint8Array): Promise<ModelSchema> {
  const session = await InferenceSession.create(onnx, { logSeverityLevel: 3 });
  const specs = (metadata: readonly InferenceSession.ValueMetadata[]): TensorSpec[] => metadata.map(specOf);
  const schema = { inputs: specs(session.inputMetadata), outputs: specs(session.outputMetadata) };
  await session.release();
  return schema;
}

function specOf(value: InferenceSession.ValueMetadata): TensorSpec {
  const datatype = value.isTensor ? datatypes[value.type] : undefined;
  if (!value.isTensor || !datatype)
    throw new WellspringError('invalid_settings', `${value.name} is of a type that is not served here`);
  return {
    name: value.name,
    datatype,
    shape: value.shape.map((size) => (typeof size === 'number' ? size : -1)),
  };
}
