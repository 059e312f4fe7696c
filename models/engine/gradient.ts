/** The reverse walk: from a loss back to what it depends on. */
import { add } from './arithmetic.ts';
import type { Graph, Value } from './graph.ts';

/**
 * Appends the backward pass and returns d loss / d value for each of `of`, shaped like it.
 * Steps that do not lead to any of `of` are left out.
 * @throws RangeError when the loss is no single number, or does not depend on one of `of`.
 */
export function gradients(graph: Graph, loss: Value, of: readonly Value[]): Value[] {
  if (loss.shape.length !== 0) throw new RangeError('a loss is a single number');
  const wanted = dependents(graph, of);
  const found = new Map<string, Value>([[loss.name, graph.scalar(1)]]);
  const steps = graph.steps.slice().reverse();
  for (const { inputs, output, backward } of steps) {
    const gradient = found.get(output.name);
    if (!gradient || !wanted.has(output.name)) continue;
    backward(gradient).forEach((flow, i) => {
      const input = inputs[i];
      if (!flow || !input || !wanted.has(input.name)) return;
      const known = found.get(input.name);
      found.set(input.name, known ? add(graph, known, flow) : flow);
    });
  }
  return of.map((value) => {
    const gradient = found.get(value.name);
    if (!gradient) throw new RangeError(`the loss does not depend on ${value.name}`);
    return gradient;
  });
}

/** Names of the values that depend on any of `of`. */
function dependents(graph: Graph, of: readonly Value[]): Set<string> {
  const names = new Set(of.map(({ name }) => name));
  for (const { inputs, output } of graph.steps) {
    if (inputs.some(({ name }) => names.has(name))) names.add(output.name);
  }
  return names;
}
