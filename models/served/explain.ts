/**
 * What drove a chance: each of the newest events is taken out in turn, and what the chance then loses is its share
 * (occlusion). Honest about the model, and cheap: one question for one person.
 */
import type { Example } from '../behaviour/example.ts';
import type { Asked } from './asking.ts';

export interface Driver {
  /** Kind of the event, such as `Product Added`. */
  readonly event: string;
  readonly item?: string;
  /** ms since the epoch. */
  readonly at: number;
  /** By how much the chance or the value is higher because of it; negative when it is lower. */
  readonly effect: number;
}

export interface Drivers {
  readonly purchase: readonly Driver[];
  readonly churn: readonly Driver[];
  readonly value: readonly Driver[];
}

/** Newest events that are tried, and drivers that are told. */
const TRIED = 12;
const TOLD = 3;

/** Undefined unless all questions are answered. */
export async function driversOf(
  example: Example,
  ask: (examples: readonly Example[]) => Promise<readonly Asked[]>,
): Promise<Drivers | undefined> {
  const from = Math.max(0, example.events.length - TRIED);
  const tried = example.events.slice(from);
  const without = tried.map((_, i) => ({ ...example, events: example.events.toSpliced(from + i, 1) }));
  const asked = await ask([example, ...without]);
  const [whole, ...rest] = asked.flatMap(({ answer }) => answer ?? []);
  if (!whole || rest.length !== tried.length) return undefined;
  const of = (head: keyof Drivers): Driver[] =>
    tried
      .map(({ kind, item, at }, i) => ({
        event: kind,
        ...(item === undefined ? {} : { item }),
        at,
        effect: whole[head] - (rest[i]?.[head] ?? 0),
      }))
      .sort((a, b) => Math.abs(b.effect) - Math.abs(a.effect))
      .slice(0, TOLD);
  return { purchase: of('purchase'), churn: of('churn'), value: of('value') };
}
