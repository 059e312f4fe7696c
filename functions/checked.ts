/** What cleaning says of an event that it lets through, to those who only ask. */
import type { CleanEvent } from '../events/envelope.ts';

export interface Checked {
  /** As the chain goes on with it, but for sealed values: only who cleans has their keys. */
  readonly clean: CleanEvent;
  /** The ids as they came. */
  readonly userId: string | undefined;
  readonly anonymousId: string | undefined;
}
