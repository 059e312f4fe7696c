/** How fast events come and go, from the minutes of the ledger. */
import type { Reply } from '../../../api/client.ts';

type Pipeline = Reply<'GET /api/pipeline'>;

export interface Rates {
  /** Events per second that came in. */
  readonly accepted: number;
  /** Events per second that cleaning let through. */
  readonly clean: number;
}

const SECOND = 1000;

/** Over the last whole minute and the one that runs. */
export function ratesOf({ at, minutes }: Pick<Pipeline, 'at' | 'minutes'>): Rates {
  const recent = minutes.slice(-2);
  const [first] = recent;
  if (!first) return { accepted: 0, clean: 0 };
  const seconds = Math.max(1, (Date.parse(at) - Date.parse(first.at)) / SECOND);
  const sum = (of: (minute: Pipeline['minutes'][number]) => number): number =>
    recent.reduce((total, minute) => total + of(minute), 0) / seconds;
  return {
    accepted: sum(({ accepted }) => accepted),
    clean: sum(({ accepted, quarantined, suppressed }) => Math.max(0, accepted - quarantined - suppressed)),
  };
}
