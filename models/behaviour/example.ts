/** What the behaviour model learns from: a customer's history up to a moment, and what happened afterwards. */

export interface BehaviourEvent {
  /** Name of the event, such as `Product Viewed`. */
  readonly kind: string;
  readonly item?: string;
  readonly category?: string;
  /** Major currency units. */
  readonly price?: number;
  /** ms since the epoch. */
  readonly at: number;
}

/** A label that is absent is not known: the heads do not learn from it. */
export interface Labels {
  /** Whether an order came within 7 days of the cut. */
  readonly purchase?: 0 | 1;
  /** Whether nothing at all came within 30 days of the cut. */
  readonly churn?: 0 | 1;
  /** Value of the next order, major currency units. */
  readonly value?: number;
}

/** A customer's history up to a cut, oldest first, at most 50 events. */
export interface Example {
  readonly profile: string;
  /** ms since the epoch; no event is later. */
  readonly cut: number;
  readonly events: readonly BehaviourEvent[];
  readonly labels: Labels;
}
