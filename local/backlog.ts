/** What waits in the streams of one machine: records behind the checkpoint of each function. */
import { EmbeddedCheckpoints } from '../adapters/embedded/checkpoints.ts';
import { EmbeddedStreamReader } from '../adapters/embedded/stream-reader.ts';
import { entryOf, type FunctionName, type StreamName } from '../functions/chain.ts';
import { files } from './files.ts';

export interface Waiting {
  readonly function: FunctionName;
  readonly stream: StreamName;
  readonly shard: string;
  readonly records: number;
  /** When the oldest of them arrived, ms; undefined when none waits. */
  readonly oldest: number | undefined;
}

const POLL_MS = 20;

export class Backlog {
  readonly #shards: readonly string[];
  readonly #consumers: {
    name: FunctionName;
    stream: StreamName;
    reader: EmbeddedStreamReader;
    checkpoints: EmbeddedCheckpoints;
  }[];

  constructor(data: string, names: readonly FunctionName[], shards: readonly string[]) {
    this.#shards = shards;
    this.#consumers = names.flatMap((name) => {
      const { trigger } = entryOf(name);
      if (trigger.kind !== 'stream') return [];
      const reader = new EmbeddedStreamReader(files.stream(data, trigger.stream));
      const checkpoints = new EmbeddedCheckpoints(files.checkpoints(data, name));
      return [{ name, stream: trigger.stream, reader, checkpoints }];
    });
  }

  /** In the order of the map, so that a record that moves on is seen at least once. */
  waiting(): Waiting[] {
    return this.#consumers.flatMap(({ name, stream, reader, checkpoints }) =>
      this.#shards.map((shard) => {
        const { count, oldest } = reader.waiting(shard, checkpoints.load(stream, shard));
        return { function: name, stream, shard, records: count, oldest };
      }),
    );
  }

  /** Resolves when nothing waits anywhere. */
  async drained(onProgress: (records: number) => void = () => {}): Promise<void> {
    for (;;) {
      const records = this.waiting().reduce((sum, shard) => sum + shard.records, 0);
      onProgress(records);
      if (records === 0) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  close(): void {
    for (const { reader, checkpoints } of this.#consumers) {
      reader.close();
      checkpoints.close();
    }
  }
}
