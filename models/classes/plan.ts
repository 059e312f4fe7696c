/** Which kinds of events and which categories are features of their own. */
import * as z from 'zod/mini';
import { sensitiveKind } from '../../domain/sensitive.ts';
import type { Example } from '../behaviour/example.ts';

export const customerPlanSchema = z.object({
  /** Kinds of events that are counted by name. */
  kinds: z.array(z.string()),
  /** Categories whose shares are features; all others are one. */
  categories: z.array(z.string()),
});
/** What must be known to make features, fitted on training examples; a value that JSON can hold. */
export type CustomerPlan = z.infer<typeof customerPlanSchema>;

const isSensitive = (name: string): boolean => sensitiveKind(name) !== undefined;

const KINDS = 8;
const CATEGORIES = 12;

/** The commonest kinds and categories of the examples; ties by name. What speaks of health, children and the like is no feature. */
export function planOf(examples: readonly Example[]): CustomerPlan {
  const kinds = new Map<string, number>();
  const categories = new Map<string, number>();
  const count = (into: Map<string, number>, key: string): void =>
    void into.set(key, (into.get(key) ?? 0) + 1);
  for (const { events } of examples) {
    for (const { kind, category } of events) {
      if (!isSensitive(kind)) count(kinds, kind);
      if (category !== undefined && !isSensitive(category)) count(categories, category);
    }
  }
  return { kinds: commonest(kinds, KINDS), categories: commonest(categories, CATEGORIES) };
}

const commonest = (counts: ReadonlyMap<string, number>, most: number): string[] =>
  [...counts]
    .sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1))
    .slice(0, most)
    .map(([name]) => name);
