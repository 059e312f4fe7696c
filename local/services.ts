/**
 * The ports of one machine, opened when first used: the composition of the embedded side.
 * It offers everything in the map; the type of each step limits it to what its entry names.
 */
import { EmbeddedEndpoint, type LoadedModel } from '../adapters/embedded/endpoint.ts';
import { EmbeddedObjects } from '../adapters/embedded/objects.ts';
import { EmbeddedStream } from '../adapters/embedded/stream.ts';
import { EmbeddedTable } from '../adapters/embedded/table.ts';
import type { DuckLake } from '../adapters/lake/duckdb.ts';
import type { HttpsSender } from '../adapters/outbound/https-sender.ts';
import type { Clock, Metrics } from '../domain/ports.ts';
import type { StreamName, TableName } from '../functions/chain.ts';
import type { WholeVersions } from '../models/served/whole.ts';
import { files } from './files.ts';

/** One thread per function reads them all, so more would only make smaller batches. */
const SHARDS = 1;

/** Pages of a table in memory, where they are kept. */
const KEPT_BYTES = 16_000_000;

/** How long a look at what serves holds, ms: reading it from disk takes longer than the answer of a small model. */
const LOOK_MS = 1_000;
/** A look that is older than this is waited for, ms. */
const OLD_MS = 5_000;

interface Looked {
  readonly at: number;
  /** When to look again, ms. */
  readonly next: number;
  readonly serving: Promise<LoadedModel | undefined>;
}

export interface LocalOptions {
  readonly data: string;
  readonly secret: string;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Tables that this thread works on all the time: their pages are kept in memory. @default none */
  readonly keeps?: readonly TableName[] | undefined;
  /** Called after records of a stream became durable. */
  readonly onAppend: (stream: StreamName) => void;
  /** Lets webhooks go to `http://127.0.0.1`. @default false */
  readonly loopbackWebhooks?: boolean | undefined;
}

export class LocalServices {
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly secret: string;
  readonly #options: LocalOptions;
  readonly #streams = new Map<StreamName, EmbeddedStream>();
  readonly #tables = new Map<TableName, EmbeddedTable>();
  #objects: EmbeddedObjects | undefined;
  #lake: DuckLake | undefined;
  #endpoint: EmbeddedEndpoint | undefined;
  #whole: WholeVersions | undefined;
  readonly #looked = new Map<string, Looked>();

  constructor(options: LocalOptions) {
    this.#options = options;
    this.clock = options.clock;
    this.metrics = options.metrics;
    this.secret = options.secret;
  }

  /** The writing end. One thread per stream may use it. */
  stream(name: StreamName): EmbeddedStream {
    let stream = this.#streams.get(name);
    if (!stream) {
      const { data, clock, onAppend } = this.#options;
      stream = new EmbeddedStream({
        path: files.stream(data, name),
        clock,
        shards: SHARDS,
        onAppend: () => onAppend(name),
      });
      this.#streams.set(name, stream);
    }
    return stream;
  }

  table(name: TableName): EmbeddedTable {
    let table = this.#tables.get(name);
    if (!table) {
      const { data, keeps } = this.#options;
      const cacheBytes = keeps?.includes(name) ? KEPT_BYTES : undefined;
      table = new EmbeddedTable({ path: files.table(data, name), clock: this.clock, cacheBytes });
      this.#tables.set(name, table);
    }
    return table;
  }

  get loopbackWebhooks(): boolean {
    return this.#options.loopbackWebhooks ?? false;
  }

  // What only some threads use is loaded by them alone.

  async sender(): Promise<HttpsSender> {
    const { HttpsSender } = await import('../adapters/outbound/https-sender.ts');
    return new HttpsSender({ loopback: this.loopbackWebhooks });
  }

  get objects(): EmbeddedObjects {
    this.#objects ??= new EmbeddedObjects(files.lake(this.#options.data));
    return this.#objects;
  }

  async lake(): Promise<DuckLake> {
    const { DuckLake } = await import('../adapters/lake/duckdb.ts');
    const { data } = this.#options;
    this.#lake ??= new DuckLake({
      objects: this.objects,
      scratch: files.scratch(data),
      root: files.lake(data),
    });
    return this.#lake;
  }

  /** Models are named `<tenant>/<name>`, as the registry keeps them; one whose files were changed serves as its version before. */
  get endpoint(): EmbeddedEndpoint {
    this.#endpoint ??= new EmbeddedEndpoint({ resolve: (model) => this.#serving(model) });
    return this.#endpoint;
  }

  async #serving(model: string): Promise<LoadedModel | undefined> {
    const now = this.clock.now();
    const looked = this.#looked.get(model);
    if (looked && now < looked.next) return looked.serving;
    const serving = this.#look(model);
    if (looked && now - looked.at < OLD_MS) {
      // Looked at behind the answer, unless nobody has asked for long.
      this.#looked.set(model, { ...looked, next: now + LOOK_MS });
      serving.then(
        () => this.#looked.set(model, { at: now, next: now + LOOK_MS, serving }),
        () => this.#looked.delete(model),
      );
      return looked.serving;
    }
    this.#looked.set(model, { at: now, next: now + LOOK_MS, serving });
    serving.catch(() => this.#looked.delete(model));
    return serving;
  }

  async #look(model: string): Promise<LoadedModel | undefined> {
    const [tenant = '', name = ''] = model.split('/');
    const { readFile } = await import('../models/registry/registry.ts');
    const { WholeVersions } = await import('../models/served/whole.ts');
    this.#whole ??= new WholeVersions(this.objects);
    const manifest = await this.#whole.of({ tenant, name });
    if (!manifest) return undefined;
    const { version, schema } = manifest;
    return { version, schema, onnx: () => readFile(this.objects, { tenant, name }, manifest, 'model.onnx') };
  }

  /** What is open is stored and closed. */
  async close(): Promise<void> {
    await this.#endpoint?.close();
    await this.#lake?.close();
    for (const stream of this.#streams.values()) stream.close();
    for (const table of this.#tables.values()) table.close();
  }
}
