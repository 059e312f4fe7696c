/**
 * A computation as an ONNX graph under construction.
 *
 * Operations (`arithmetic.ts`, `shaping.ts`, `neural.ts`) append nodes and, beside each, remember how gradients flow
 * back through it; `gradient.ts` walks that memory in reverse and appends the backward pass to the same graph. What
 * comes out is one ordinary ONNX model: forward, backward, or both.
 */

/** ONNX element types in use. */
export type Dtype = 'float' | 'int64' | 'bool';

/** A tensor in the graph. A dimension of -1 is known only when the graph runs; at most the first one may be. */
export interface Value {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: Dtype;
}

export type Attribute = number | readonly number[] | { readonly int: number };

export interface Node {
  readonly op: string;
  /** Names of values; an empty name leaves an optional input out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Plain numbers are written as floats, lists as lists of integers. */
  readonly attributes: Readonly<Record<string, Attribute>>;
}

export interface Constant {
  readonly value: Value;
  readonly data: Float32Array | BigInt64Array;
}

/** Gradients of a node's inputs, given the gradient of its output; undefined where none flows. */
export type Backward = (gradient: Value) => readonly (Value | undefined)[];

export interface Step {
  readonly inputs: readonly Value[];
  readonly output: Value;
  readonly backward: Backward;
}

/** Elements of a shape. @throws RangeError when a dimension is unknown. */
export function sizeOf(shape: readonly number[]): number {
  const size = shape.reduce((product, dimension) => product * dimension, 1);
  if (shape.some((dimension) => dimension < 0)) throw new RangeError('the shape has an unknown dimension');
  return size;
}

export class Graph {
  readonly nodes: Node[] = [];
  readonly constants: Constant[] = [];
  readonly inputs: Value[] = [];
  readonly outputs: Value[] = [];
  /** What the backward pass needs, in the order of the forward pass. */
  readonly steps: Step[] = [];
  readonly #shared = new Map<string, Value>();
  #count = 0;

  input(name: string, shape: readonly number[], dtype: Dtype = 'float'): Value {
    const value = { name, shape, dtype };
    this.inputs.push(value);
    return value;
  }

  /** Names a value and makes it an output of the model. */
  output(name: string, value: Value): Value {
    const named = { ...value, name };
    this.nodes.push({ op: 'Identity', inputs: [value.name], outputs: [name], attributes: {} });
    this.outputs.push(named);
    return named;
  }

  /** A tensor that the model file holds. `name` only for what people look for in it, such as weights. */
  constant(data: Float32Array, shape: readonly number[], name = this.#fresh('constant')): Value {
    if (data.length !== sizeOf(shape)) throw new RangeError(`${name} has ${data.length} elements`);
    const value: Value = { name, shape, dtype: 'float' };
    this.constants.push({ value, data });
    return value;
  }

  /** A number; asked for twice, it is stored once. */
  scalar(number: number): Value {
    return this.#once(`scalar ${number}`, () => this.constant(Float32Array.of(number), []));
  }

  /** A list of integers, such as a target shape; asked for twice, it is stored once. */
  integers(list: readonly number[]): Value {
    return this.#once(`integers ${list.join(' ')}`, () => {
      const value: Value = { name: this.#fresh('integers'), shape: [list.length], dtype: 'int64' };
      this.constants.push({ value, data: BigInt64Array.from(list.map(BigInt)) });
      return value;
    });
  }

  /** Appends a node with one output. `inputs`: values, or undefined for an optional input that is left out. */
  node(
    op: string,
    inputs: readonly (Value | undefined)[],
    shape: readonly number[],
    attributes: Node['attributes'] = {},
    dtype: Dtype = 'float',
  ): Value {
    const [value] = this.manyNode(op, inputs, [{ shape, dtype }], attributes);
    if (!value) throw new RangeError('a node has an output');
    return value;
  }

  /** Appends a node with several outputs. */
  manyNode(
    op: string,
    inputs: readonly (Value | undefined)[],
    outputs: readonly { readonly shape: readonly number[]; readonly dtype: Dtype }[],
    attributes: Node['attributes'] = {},
  ): Value[] {
    const values = outputs.map(({ shape, dtype }) => ({ name: this.#fresh(op), shape, dtype }));
    this.nodes.push({
      op,
      inputs: inputs.map((value) => value?.name ?? ''),
      outputs: values.map(({ name }) => name),
      attributes,
    });
    return values;
  }

  /** Remembers how gradients flow back from `output`, and returns it. */
  step(inputs: readonly Value[], output: Value, backward: Backward): Value {
    this.steps.push({ inputs, output, backward });
    return output;
  }

  #once(key: string, make: () => Value): Value {
    const known = this.#shared.get(key);
    if (known) return known;
    const value = make();
    this.#shared.set(key, value);
    return value;
  }

  #fresh(what: string): string {
    return `${what}_${this.#count++}`;
  }
}
