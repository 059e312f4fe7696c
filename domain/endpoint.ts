/**
 * What a served model is asked and answers: tensors by name, as KServe v2 writes them. The local model server, SageMaker
 * and the session inside this process all speak it, so a caller does not know which one is there. A port like those in
 * `ports.ts`.
 */

/** Element types in use, by their KServe v2 names, and the arrays that hold them. */
export interface TensorData {
  readonly FP32: Float32Array;
  readonly INT32: Int32Array;
  readonly INT64: BigInt64Array;
}
export type Datatype = keyof TensorData;

/** `data` is row-major and holds as many elements as the product of `shape`. */
export type Tensor = {
  readonly [D in Datatype]: {
    readonly name: string;
    readonly datatype: D;
    readonly shape: readonly number[];
    readonly data: TensorData[D];
  };
}[Datatype];

export interface TensorSpec {
  readonly name: string;
  readonly datatype: Datatype;
  /** -1 stands for any size; the first dimension is the batch. */
  readonly shape: readonly number[];
}

export interface ModelSchema {
  readonly inputs: readonly TensorSpec[];
  readonly outputs: readonly TensorSpec[];
}

/** The SageMaker endpoint of a model, which is called `<tenant>/<name>`. `prefix`: the stage's. */
export const endpointNameOf = (prefix: string, model: string): string =>
  `${prefix}-${model}`.replaceAll('/', '-').replaceAll(/[^a-zA-Z0-9-]/g, '');

/** A model that answers. */
export interface Endpoint {
  /**
   * Outputs in the order of the model's schema.
   * @throws WellspringError `model_unavailable` (retryable) when nobody answers, `model_refused` when the request does not fit the model.
   */
  predict(request: { readonly model: string; readonly inputs: readonly Tensor[] }): Promise<Prediction>;
}

export interface Prediction {
  readonly model: string;
  readonly version: string;
  readonly outputs: readonly Tensor[];
}
