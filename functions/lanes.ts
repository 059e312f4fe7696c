/** Packs many small things into few stream records, keeping the order of each person's. */
import { lane } from '../domain/ids.ts';
import type { StreamEntry } from '../domain/ports.ts';
import { FrameWriter } from '../events/packed.ts';

/** A record is closed when it holds this many bytes: well under what a stream takes at once. */
const RECORD_BYTES = 128 * 1024;

interface Open {
  readonly key: string;
  readonly frame: FrameWriter;
  bytes: number;
}

export class LanePacker {
  readonly #lanes: number;
  readonly #open = new Map<string, Open>();
  readonly #closed: StreamEntry[] = [];

  constructor(lanes: number) {
    this.#lanes = lanes;
  }

  /** Adds bytes, or a text to be written as UTF-8, under a header; parts of equal (header, tenant, person) stay in order. */
  add(header: string, tenant: string, person: string, part: Uint8Array | string): void {
    const key = lane(tenant, person, this.#lanes);
    const id = `${key} ${header}`;
    let open = this.#open.get(id);
    if (!open) this.#open.set(id, (open = { key, frame: new FrameWriter(header), bytes: 0 }));
    open.bytes += open.frame.add(part);
    if (open.bytes >= RECORD_BYTES) this.#close(open);
  }

  /** All records, ready to append. The packer is empty afterwards. */
  take(): StreamEntry[] {
    for (const open of this.#open.values()) this.#close(open);
    return this.#closed.splice(0);
  }

  #close(open: Open): void {
    const data = open.frame.take();
    if (data) this.#closed.push({ key: open.key, data });
    open.bytes = 0;
  }
}
