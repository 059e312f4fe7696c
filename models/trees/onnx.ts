/**
 * A tree ensemble as an ONNX model: input `x` (rows x columns, NaN for missing), output `score` (rows x outputs) before
 * the link and `prediction` after it. ONNX-ML's regressor sums the trees and a standard operator links, because the
 * classifier operator's treatment of two classes differs between runtimes.
 */
import type { ModelSchema, Tensor } from '../contract.ts';
import { encodeOnnx, type OnnxAttribute, type OnnxNode } from '../onnx/model.ts';
import type { TreeModel } from './model.ts';

export const schemaOf = ({ columns, outputs }: TreeModel): ModelSchema => ({
  inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, columns] }],
  outputs: [
    { name: 'prediction', datatype: 'FP32', shape: [-1, outputs] },
    { name: 'score', datatype: 'FP32', shape: [-1, outputs] },
  ],
});

/** The bytes of the model file. Cuts decide as in {@link predict}; sums are taken in 32 bits. */
export function toOnnx(model: TreeModel, description = 'Tree ensemble'): Uint8Array {
  const nodes = [ensemble(model), linkNode(model.link)];
  const constants = model.link === 'clip' ? [scalar('zero', 0), scalar('one', 1)] : [];
  return encodeOnnx({ ...schemaOf(model), nodes, constants, description });
}

const scalar = (name: string, value: number): Tensor => ({
  name,
  datatype: 'FP32',
  shape: [],
  data: Float32Array.of(value),
});

function linkNode(link: TreeModel['link']): OnnxNode {
  const ends = { inputs: ['score'], outputs: ['prediction'] };
  if (link === 'logistic') return { op: 'Sigmoid', ...ends };
  if (link === 'clip') return { op: 'Clip', inputs: ['score', 'zero', 'one'], outputs: ['prediction'] };
  if (link === 'softmax') return { op: 'Softmax', ...ends, attributes: { axis: { int: 1 } } };
  return { op: 'Identity', ...ends };
}

function ensemble({ trees, base, outputs }: TreeModel): OnnxNode {
  const nodes = nodeTable(trees);
  const leaves = leafTable(trees);
  const attributes: Record<string, OnnxAttribute> = {
    n_targets: { int: outputs },
    aggregate_function: { string: 'SUM' },
    post_transform: { string: 'NONE' },
    base_values: { floats: [...base] },
    nodes_treeids: { ints: nodes.tree },
    nodes_nodeids: { ints: nodes.node },
    nodes_featureids: { ints: nodes.column },
    nodes_values: { floats: nodes.threshold },
    nodes_modes: { strings: nodes.mode },
    nodes_truenodeids: { ints: nodes.left },
    nodes_falsenodeids: { ints: nodes.right },
    nodes_missing_value_tracks_true: { ints: nodes.missingLeft },
    target_treeids: { ints: leaves.tree },
    target_nodeids: { ints: leaves.node },
    target_ids: { ints: leaves.target },
    target_weights: { floats: leaves.weight },
  };
  return { op: 'TreeEnsembleRegressor', ml: true, inputs: ['x'], outputs: ['score'], attributes };
}

interface NodeTable {
  readonly tree: number[];
  readonly node: number[];
  readonly column: number[];
  readonly threshold: number[];
  readonly mode: string[];
  readonly left: number[];
  readonly right: number[];
  readonly missingLeft: number[];
}

function nodeTable(trees: TreeModel['trees']): NodeTable {
  const table: NodeTable = {
    tree: [],
    node: [],
    column: [],
    threshold: [],
    mode: [],
    left: [],
    right: [],
    missingLeft: [],
  };
  trees.forEach(({ column, threshold, left, right, missingLeft }, tree) => {
    column.forEach((test, node) => {
      table.tree.push(tree);
      table.node.push(node);
      table.column.push(Math.max(test, 0));
      table.threshold.push(threshold[node] ?? 0);
      table.mode.push(test < 0 ? 'LEAF' : 'BRANCH_LEQ');
      table.left.push(left[node] ?? 0);
      table.right.push(right[node] ?? 0);
      table.missingLeft.push(test < 0 ? 0 : (missingLeft[node] ?? 0));
    });
  });
  return table;
}

interface LeafTable {
  readonly tree: number[];
  readonly node: number[];
  readonly target: number[];
  readonly weight: number[];
}

function leafTable(trees: TreeModel['trees']): LeafTable {
  const table: LeafTable = { tree: [], node: [], target: [], weight: [] };
  trees.forEach(({ column, value, width, score }, tree) => {
    column.forEach((test, node) => {
      if (test >= 0) return;
      for (let k = 0; k < width; k++) {
        table.tree.push(tree);
        table.node.push(node);
        table.target.push(score + k);
        table.weight.push(value[node * width + k] ?? 0);
      }
    });
  });
  return table;
}
