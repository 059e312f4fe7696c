/**
 * A tree ensemble as an ONNX model: input `x` (rows x columns, NaN for missing), output `score` (rows x outputs) before
 * the link and `prediction` after it. ONNX-ML's regressor sums the trees and a standard operator links, because the
 * classifier operator's treatment of two classes differs between runtimes.
 */

import type { ModelSchema, Tensor } from '../../domain/endpoint.ts';
import { WellspringError } from '../../domain/errors.ts';
import { encodeOnnx, type OnnxAttribute, type OnnxNode } from '../onnx/model.ts';
import { type Calibrator, MOST_LOG_ODDS } from '../selection/calibrate.ts';
import type { TreeModel } from './model.ts';

export const schemaOf = ({ columns, outputs }: TreeModel): ModelSchema => ({
  inputs: [{ name: 'x', datatype: 'FP32', shape: [-1, columns] }],
  outputs: [
    { name: 'prediction', datatype: 'FP32', shape: [-1, outputs] },
    { name: 'score', datatype: 'FP32', shape: [-1, outputs] },
  ],
});

export interface OnnxOptions {
  /** A sentence for people who open the file. */
  readonly description?: string;
  /** Put into the file: `prediction` is then calibrated. */
  readonly calibrator?: Calibrator;
}

/**
 * The bytes of the model file. Cuts decide as in {@link predict}; sums are taken in 32 bits.
 * @throws WellspringError `refused` for a calibrator other than Platt's on a boosted binary model: isotonic steps are
 *   too steep for 32 bits, so apply them to the answer.
 */
export function toOnnx(
  model: TreeModel,
  { description = 'Tree ensemble', calibrator }: OnnxOptions = {},
): Uint8Array {
  const { nodes, constants } = calibrator ? calibratedLink(model, calibrator) : plainLink(model.link);
  return encodeOnnx({ ...schemaOf(model), nodes: [ensemble(model), ...nodes], constants, description });
}

interface Ending {
  readonly nodes: OnnxNode[];
  readonly constants: Tensor[];
}

const plainLink = (link: TreeModel['link']): Ending => ({
  nodes: [linkNode(link)],
  constants: link === 'clip' ? [scalar('zero', 0), scalar('one', 1)] : [],
});

/** Platt's line over the score, which is kept where {@link calibrate} keeps the log odds. */
function calibratedLink({ link }: TreeModel, calibrator: Calibrator): Ending {
  if (link !== 'logistic' || calibrator.method !== 'platt') {
    throw new WellspringError(
      'refused',
      "only Platt's calibration of a boosted binary model can be exported",
    );
  }
  const constants = [
    scalar('low', -MOST_LOG_ODDS),
    scalar('high', MOST_LOG_ODDS),
    scalar('slope', calibrator.slope),
    scalar('intercept', calibrator.intercept),
  ];
  const nodes: OnnxNode[] = [
    { op: 'Clip', inputs: ['score', 'low', 'high'], outputs: ['kept'] },
    { op: 'Mul', inputs: ['kept', 'slope'], outputs: ['scaled'] },
    { op: 'Add', inputs: ['scaled', 'intercept'], outputs: ['moved'] },
    { op: 'Sigmoid', inputs: ['moved'], outputs: ['prediction'] },
  ];
  return { nodes, constants };
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
