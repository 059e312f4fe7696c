/** How good the answers are: places of the next items, and what the outcome heads are worth. */
import { Ranking } from '../measure/ranking.ts';
import type { BehaviourAnswer } from './answers.ts';
import type { Example } from './example.ts';
import type { BehaviourModel } from './predict.ts';

/** Figures of a chance. `auc` is absent when only one class occurs. */
export interface ChanceFigures {
  readonly cases: number;
  /** Share of positives. */
  readonly base: number;
  readonly auc?: number;
  /** Mean squared error; a constant at the base rate has base (1 - base). */
  readonly brier: number;
  /** Expected calibration error over ten equally wide bins. */
  readonly ece: number;
}

export interface BehaviourFigures {
  /** The last item of each history, from the events before it; items the vocabulary lacks count as misses. */
  readonly next: { readonly cases: number; readonly hitRate: number; readonly reciprocalRank: number };
  readonly purchase?: ChanceFigures;
  readonly churn?: ChanceFigures;
  /** Mean absolute error of log(1 + amount), and that of the mean of the labels. */
  readonly value?: { readonly cases: number; readonly error: number; readonly constant: number };
}

/** Places that count. */
const TOP = 20;

export async function evaluateBehaviour(
  model: BehaviourModel,
  examples: readonly Example[],
): Promise<BehaviourFigures> {
  const answers = await model.answer(examples);
  const purchase = chances(examples, answers, 'purchase');
  const churn = chances(examples, answers, 'churn');
  const value = amounts(examples, answers);
  return {
    next: await nextItems(model, examples),
    ...(purchase && { purchase }),
    ...(churn && { churn }),
    ...(value && { value }),
  };
}

async function nextItems(
  model: BehaviourModel,
  examples: readonly Example[],
): Promise<BehaviourFigures['next']> {
  const cases = examples.flatMap((example) => {
    const at = example.events.findLastIndex(({ item }) => item !== undefined);
    const target = example.events[at];
    if (at < 1 || !target) return [];
    return [
      { target: target.item, asked: { ...example, cut: target.at, events: example.events.slice(0, at) } },
    ];
  });
  const answers = await model.answer(cases.map(({ asked }) => asked));
  const ranking = new Ranking(TOP);
  cases.forEach(({ target }, i) => {
    const at = answers[i]?.items.findIndex(({ item }) => item === target) ?? -1;
    ranking.add(at < 0 ? Number.POSITIVE_INFINITY : at + 1);
  });
  return { cases: ranking.cases, hitRate: ranking.hitRate, reciprocalRank: ranking.reciprocalRank };
}

function chances(
  examples: readonly Example[],
  answers: readonly BehaviourAnswer[],
  head: 'purchase' | 'churn',
): ChanceFigures | undefined {
  const known = examples.flatMap(({ labels }, i) => {
    const [label, chance] = [labels[head], answers[i]?.[head]];
    return label === undefined || chance === undefined ? [] : [{ label, chance }];
  });
  if (known.length === 0) return undefined;
  const labels = known.map(({ label }) => label);
  const predicted = known.map(({ chance }) => chance);
  const area = auc(labels, predicted);
  return {
    cases: known.length,
    base: mean(labels),
    ...(area === undefined ? {} : { auc: area }),
    brier: mean(known.map(({ label, chance }) => (label - chance) ** 2)),
    ece: calibrationError(labels, predicted),
  };
}

function amounts(
  examples: readonly Example[],
  answers: readonly BehaviourAnswer[],
): BehaviourFigures['value'] | undefined {
  const pairs = examples.flatMap(({ labels: { value } }, i) => {
    const predicted = answers[i]?.value;
    return value === undefined || predicted === undefined
      ? []
      : [[logged(value), logged(predicted)] as const];
  });
  if (pairs.length === 0) return undefined;
  const centre = mean(pairs.map(([label]) => label));
  return {
    cases: pairs.length,
    error: mean(pairs.map(([label, predicted]) => Math.abs(label - predicted))),
    constant: mean(pairs.map(([label]) => Math.abs(label - centre))),
  };
}

const logged = (amount: number): number => Math.log1p(Math.max(0, amount));

const mean = (list: readonly number[]): number => list.reduce((total, x) => total + x, 0) / list.length;

/** Area under the ROC curve (Mann-Whitney; ties count half); undefined when a class is missing. */
export function auc(labels: readonly number[], predicted: readonly number[]): number | undefined {
  const order = [...labels.keys()].sort((a, b) => (predicted[a] ?? 0) - (predicted[b] ?? 0));
  let positives = 0;
  let ranks = 0;
  for (let from = 0; from < order.length; ) {
    let to = from;
    while (to < order.length && predicted[order[to] ?? 0] === predicted[order[from] ?? 0]) to++;
    const shared = (from + 1 + to) / 2;
    for (let i = from; i < to; i++) {
      if (labels[order[i] ?? 0] !== 1) continue;
      positives++;
      ranks += shared;
    }
    from = to;
  }
  const negatives = labels.length - positives;
  if (positives === 0 || negatives === 0) return undefined;
  return (ranks - (positives * (positives + 1)) / 2) / (positives * negatives);
}

function calibrationError(labels: readonly number[], predicted: readonly number[]): number {
  const bins = Array.from({ length: 10 }, () => ({ label: 0, chance: 0 }));
  labels.forEach((label, i) => {
    const chance = predicted[i] ?? 0;
    const bin = bins[Math.min(9, Math.floor(chance * 10))];
    if (!bin) return;
    bin.label += label;
    bin.chance += chance;
  });
  return bins.reduce((total, { label, chance }) => total + Math.abs(label - chance), 0) / labels.length;
}
