/** The segments of tenants, ready to be evaluated; kept for some seconds. */
import type { Clock, Table } from '../../domain/ports.ts';
import { type Compiled, compile } from '../../domain/segments/evaluate.ts';
import { readSegments } from '../../domain/segments/segment.ts';

/** For which what was read counts as known: a pass over all begins later than that after a change, too. */
export const KNOWN_MS = 5000;

export interface Rules {
  readonly revision: number;
  readonly segments: readonly { readonly id: string; readonly compiled: Compiled }[];
}

export class RulesCache {
  readonly #table: Table;
  readonly #clock: Clock;
  readonly #known = new Map<string, { readonly at: number; readonly rules: Rules }>();

  constructor(options: { table: Table; clock: Clock }) {
    this.#table = options.table;
    this.#clock = options.clock;
  }

  /** `newer`: what is known rests on an older revision than somebody else's. */
  async of(tenant: string, newer = false): Promise<Rules> {
    const now = this.#clock.now();
    const known = this.#known.get(tenant);
    if (known && !newer && now - known.at < KNOWN_MS) return known.rules;
    const { revision, active } = await readSegments(this.#table, tenant);
    const rules: Rules = {
      revision,
      segments: active.map(({ id, rule }) => ({ id, compiled: compile(rule) })),
    };
    this.#known.set(tenant, { at: now, rules });
    return rules;
  }
}
