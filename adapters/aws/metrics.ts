/** Metrics as lines of CloudWatch's embedded metric format: no call, no agent, only output. */
import type { Clock, Metrics } from '../../domain/ports.ts';
import { metricsNamespace } from '../../functions/settings.ts';

/** What one line may hold. */
const VALUES = 100;
const NAMES = 100;

interface Group {
  readonly labels: Readonly<Record<string, string>>;
  readonly values: Map<string, number[]>;
}

/** Collects values until {@link EmfMetrics.flush}, one line per set of labels. */
export class EmfMetrics implements Metrics {
  readonly #clock: Clock;
  readonly #write: (line: string) => void;
  readonly #groups = new Map<string, Group>();

  /** `write` takes one line with its line end. */
  constructor(options: { clock: Clock; write?: (line: string) => void }) {
    this.#clock = options.clock;
    this.#write = options.write ?? ((line) => void process.stdout.write(line));
  }

  count(name: string, value: number, labels: Readonly<Record<string, string>> = {}): void {
    const id = JSON.stringify(Object.entries(labels).sort());
    let group = this.#groups.get(id);
    if (!group) this.#groups.set(id, (group = { labels, values: new Map() }));
    let values = group.values.get(name);
    if (!values) group.values.set(name, (values = []));
    values.push(value);
    if (values.length < VALUES && group.values.size < NAMES) return;
    this.#groups.delete(id);
    this.#emit(group);
  }

  /** Writes what was counted. Call it at the end of each invocation. */
  flush(): void {
    for (const group of this.#groups.values()) this.#emit(group);
    this.#groups.clear();
  }

  #emit({ labels, values }: Group): void {
    const line = {
      _aws: {
        Timestamp: this.#clock.now(),
        CloudWatchMetrics: [
          {
            Namespace: metricsNamespace,
            Dimensions: [Object.keys(labels)],
            Metrics: [...values.keys()].map((Name) => ({ Name })),
          },
        ],
      },
      ...labels,
      ...Object.fromEntries(values),
    };
    this.#write(`${JSON.stringify(line)}\n`);
  }
}
