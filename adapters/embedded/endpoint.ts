/** A model's endpoint inside this process: ONNX Runtime on the file that serves. */
import type { Endpoint, ModelSchema, Prediction, Tensor } from '../../domain/endpoint.ts';
import { WellspringError } from '../../domain/errors.ts';

/** What serves under a name. */
export interface LoadedModel {
  readonly version: string;
  readonly schema: ModelSchema;
  readonly onnx: () => Promise<Uint8Array>;
}

export interface EmbeddedEndpointOptions {
  /** Undefined while nothing serves under the name. */
  readonly resolve: (model: string) => Promise<LoadedModel | undefined>;
  /** Threads for one question. @default 1 */
  readonly threads?: number;
}

type Session = import('onnxruntime-node').InferenceSession;

interface Open {
  readonly version: string;
  readonly schema: ModelSchema;
  readonly session: Session;
}

export class EmbeddedEndpoint implements Endpoint {
  readonly #options: EmbeddedEndpointOptions;
  readonly #open = new Map<string, Promise<Open>>();

  constructor(options: EmbeddedEndpointOptions) {
    this.#options = options;
  }

  async predict({
    model,
    inputs,
  }: {
    readonly model: string;
    readonly inputs: readonly Tensor[];
  }): Promise<Prediction> {
    const { version, schema, session } = await this.#current(model);
    check(inputs, schema);
    const { Tensor: OrtTensor } = await import('onnxruntime-node');
    const feeds = Object.fromEntries(
      inputs.map(({ name, data, shape }) => [
        name,
        data instanceof Float32Array
          ? new OrtTensor('float32', data, shape)
          : data instanceof Int32Array
            ? new OrtTensor('int32', data, shape)
            : new OrtTensor('int64', data, shape),
      ]),
    );
    const results = await session.run(feeds).catch((cause: unknown) => {
      throw new WellspringError('model_refused', `${model} could not answer`, { cause });
    });
    const outputs = schema.outputs.map(({ name }) => toTensor(name, results[name]));
    return { model, version, outputs };
  }

  /** Frees every model; the next question loads again. */
  async close(): Promise<void> {
    const open = [...this.#open.values()];
    this.#open.clear();
    for (const one of open) await (await one).session.release();
  }

  async #current(model: string): Promise<Open> {
    const loaded = await this.#options.resolve(model);
    if (!loaded) throw new WellspringError('model_unavailable', `nothing serves as ${model}`);
    const known = this.#open.get(model);
    if (known && (await known).version === loaded.version) return known;
    const fresh = this.#load(loaded);
    this.#open.set(model, fresh);
    fresh.catch(() => this.#open.delete(model));
    const opened = await fresh;
    // Questions under way keep the session that they have; it is freed with the process.
    return opened;
  }

  async #load({ version, schema, onnx }: LoadedModel): Promise<Open> {
    const { InferenceSession } = await import('onnxruntime-node');
    const session = await InferenceSession.create(await onnx(), {
      executionProviders: ['cpu'],
      intraOpNumThreads: this.#options.threads ?? 1,
      interOpNumThreads: 1,
      logSeverityLevel: 3,
    });
    return { version, schema, session };
  }
}

/** @throws WellspringError `model_refused` for a name, type or shape that the model does not take. */
function check(inputs: readonly Tensor[], schema: ModelSchema): void {
  for (const spec of schema.inputs) {
    const input = inputs.find(({ name }) => name === spec.name);
    if (!input) throw new WellspringError('model_refused', `the input ${spec.name} is missing`);
    const fits =
      input.datatype === spec.datatype &&
      input.shape.length === spec.shape.length &&
      spec.shape.every((size, i) => size < 0 || size === input.shape[i]);
    if (!fits)
      throw new WellspringError(
        'model_refused',
        `${spec.name} is ${input.datatype} [${input.shape}]; the model takes ${spec.datatype} [${spec.shape}]`,
      );
  }
}

function toTensor(name: string, value: import('onnxruntime-node').Tensor | undefined): Tensor {
  const shape = value?.dims ?? [];
  const data = value?.data;
  if (data instanceof Float32Array) return { name, datatype: 'FP32', shape, data };
  if (data instanceof BigInt64Array) return { name, datatype: 'INT64', shape, data };
  if (data instanceof Int32Array) return { name, datatype: 'INT32', shape, data };
  throw new WellspringError('model_unavailable', `the model gave no ${name}`);
}
