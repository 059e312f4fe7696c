/** What may be shown of counts of people: nothing exact, and nothing of a few. */

/** Fewer people than this are not counted out. */
export const LEAST_PEOPLE = 25;
const STEP = 5;

/** Rounded to fives. */
export const roundedTo5 = (count: number): number => Math.round(count / STEP) * STEP;

/**
 * Rounded; null: fewer than {@link LEAST_PEOPLE}. `all`: whom they are taken from; where only a few are missing, all are
 * shown, because the few could be counted otherwise.
 */
export function shownPeople(people: number, all = Number.POSITIVE_INFINITY): number | null {
  if (people < LEAST_PEOPLE) return null;
  return roundedTo5(all - people < LEAST_PEOPLE ? all : people);
}

/** A share of shown counts, to a thousandth; null where either is not shown. */
export const shownShare = (part: number | null, whole: number | null): number | null =>
  part === null || whole === null ? null : Math.min(1, Math.round((part / whole) * 1000) / 1000);
