/**
 * The messages a profile knows: what makes every event count once.
 *
 * An entry is five unsigned 32-bit words: fingerprint high and low, receipt tag (which accepted copy), sequence tag
 * (which record of the stream `events` applied it), and content16 << 16 | arrivalHour16. 20 bytes, in order of arrival.
 */
import { type Fingerprint, tag32 } from '../ids.ts';

const WORDS = 5;
/** Entries there is room for at first: most people come for one or two events, and small arrays cost little. */
const FIRST = 2;
/** Arrays of so many words lie in V8's own memory; to ask for their buffer would move them out of it, which is dear. */
const IN_HEAP = 16;
/** Up to this many entries looking at each beats an index. */
const SCANNED = 24;
/** Entries a profile item holds; beyond that the oldest {@link SPILL} move to a side item. */
export const CAPACITY = 128;
export const SPILL = 64;

export interface Known {
  readonly message: Fingerprint;
  readonly receiptTag: number;
  readonly sequenceTag: number;
  /** 16 bits of the content. */
  readonly content: number;
  /** Hour of arrival since the epoch; only its low 16 bits are kept. */
  readonly hour: number;
}

/**
 * `new`: never seen. `applied`: this very record was applied, and is delivered again.
 * `redelivered`: the same accepted copy in another record; counted nowhere. `duplicate`: another copy of the message.
 * `id_reuse`: another message under the same id.
 */
export type Verdict = 'new' | 'applied' | 'redelivered' | 'duplicate' | 'id_reuse';

/** Under this fingerprint a counted repeat is remembered, so that it is counted once. */
function repeatFingerprint(message: Fingerprint, receiptTag: number): Fingerprint {
  const seed = `${message[0]}:${message[1]}:${receiptTag}`;
  return [tag32(`repeat:${seed}`), tag32(`${seed}:repeat`)];
}

/** A number that both words decide, for look-ups. */
const keyOf = (high: number, low: number): number => (high & 0x1fffff) * 4_294_967_296 + low;

export class Recent {
  #words: Uint32Array;
  #size: number;
  /** Index of entries by {@link keyOf}; built when first needed. */
  #index: Map<number, number> | undefined;

  private constructor(words: Uint32Array, size: number) {
    this.#words = words;
    this.#size = size;
  }

  static empty(): Recent {
    return new Recent(new Uint32Array(FIRST * WORDS), 0);
  }

  /** @throws RangeError when the length is no multiple of 20 bytes. */
  static decode(bytes: Uint8Array): Recent {
    if (bytes.length % (WORDS * 4) !== 0) throw new RangeError('known messages are cut off');
    const words = new Uint32Array(bytes.length / 4);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    for (let i = 0; i < words.length; i++) words[i] = view.getUint32(i * 4, true);
    return new Recent(words, words.length / WORDS);
  }

  /** Entries of both, without repeats; those of `a` first. */
  static union(a: Recent, b: Recent): Recent {
    const joined = Recent.decode(a.encode());
    for (let i = 0; i < b.#size; i++) {
      const high = b.#word(i, 0);
      const low = b.#word(i, 1);
      if (joined.#find(high, low) < 0) joined.#push(b.#words.subarray(i * WORDS, i * WORDS + WORDS));
    }
    return joined;
  }

  get size(): number {
    return this.#size;
  }

  /** Little-endian words, 20 bytes an entry. */
  encode(): Uint8Array {
    return new Uint8Array(this.bytes());
  }

  /** As {@link encode}, but maybe a view that the next change of this object changes too. */
  bytes(): Uint8Array {
    if (this.#words.length <= IN_HEAP) {
      const out = Buffer.allocUnsafe(this.#size * WORDS * 4);
      for (let i = 0; i < this.#size * WORDS; i++) out.writeUInt32LE(this.#words[i] ?? 0, i * 4);
      return out;
    }
    return new Uint8Array(this.#words.buffer, this.#words.byteOffset, this.#size * WORDS * 4);
  }

  add(known: Known): void {
    const [high, low] = known.message;
    this.#push([
      high,
      low,
      known.receiptTag,
      known.sequenceTag,
      (known.content << 16) | (known.hour & 0xffff),
    ]);
  }

  /** Remembers a repeat that was counted, so that its own repeats are told apart. */
  remember(repeat: Known): void {
    this.add({ ...repeat, message: repeatFingerprint(repeat.message, repeat.receiptTag) });
  }

  classify(arrival: Known): Verdict {
    const [high, low] = arrival.message;
    const at = this.#find(high, low);
    if (at < 0) return 'new';
    if (this.#word(at, 2) === arrival.receiptTag) {
      return this.#word(at, 3) === arrival.sequenceTag ? 'applied' : 'redelivered';
    }
    return this.#word(at, 4) >>> 16 === arrival.content ? 'duplicate' : 'id_reuse';
  }

  /** What became of a repeat that was remembered: undefined when it is met for the first time. */
  classifyRepeat(arrival: Known): 'again' | 'redelivered' | undefined {
    const [high, low] = repeatFingerprint(arrival.message, arrival.receiptTag);
    const at = this.#find(high, low);
    if (at < 0) return undefined;
    return this.#word(at, 3) === arrival.sequenceTag ? 'again' : 'redelivered';
  }

  /** Forgets entries that arrived `windowHours` or more before `hour`. */
  prune(hour: number, windowHours: number): void {
    const kept: number[] = [];
    for (let i = 0; i < this.#size; i++) {
      // Hours are kept modulo 2^16; the distance is meant to be small and never negative beyond clock skew.
      const age = (hour - (this.#word(i, 4) & 0xffff)) & 0xffff;
      if (age < windowHours || age > 0x8000) kept.push(i);
    }
    if (kept.length === this.#size) return;
    const words = new Uint32Array(Math.max(FIRST, kept.length) * WORDS);
    kept.forEach((from, to) =>
      words.set(this.#words.subarray(from * WORDS, from * WORDS + WORDS), to * WORDS),
    );
    this.#words = words;
    this.#size = kept.length;
    this.#index = undefined;
  }

  /** Takes the oldest entries out when there are more than an item should hold. */
  spill(): Recent | undefined {
    if (this.#size <= CAPACITY) return undefined;
    const old = new Recent(this.#words.slice(0, SPILL * WORDS), SPILL);
    this.#words = this.#words.slice(SPILL * WORDS);
    this.#size -= SPILL;
    this.#index = undefined;
    return old;
  }

  /** Newest hour of arrival among the entries, as a full hour near `hour`. */
  newestHour(hour: number): number {
    let age = 0xffff;
    for (let i = 0; i < this.#size; i++) {
      const own = (hour - (this.#word(i, 4) & 0xffff)) & 0xffff;
      age = Math.min(age, own > 0x8000 ? 0 : own);
    }
    return hour - age;
  }

  /** 32-bit digest of the content, as hex. */
  digest(): string {
    return tag32(Buffer.from(this.bytes()).toString('base64')).toString(16);
  }

  #word(entry: number, word: number): number {
    return this.#words[entry * WORDS + word] ?? 0;
  }

  #push(entry: ArrayLike<number>): void {
    const at = this.#size * WORDS;
    if (at + WORDS > this.#words.length) {
      const grown = new Uint32Array(Math.max(FIRST * WORDS, this.#words.length * 2));
      grown.set(this.#words);
      this.#words = grown;
    }
    this.#words.set(entry, at);
    this.#index?.set(keyOf(entry[0] ?? 0, entry[1] ?? 0), this.#size);
    this.#size++;
  }

  #scan(high: number, low: number): number {
    for (let i = 0; i < this.#size; i++) {
      if (this.#word(i, 0) === high && this.#word(i, 1) === low) return i;
    }
    return -1;
  }

  #find(high: number, low: number): number {
    if (this.#size <= SCANNED) return this.#scan(high, low);
    if (!this.#index) {
      this.#index = new Map();
      for (let i = 0; i < this.#size; i++) this.#index.set(keyOf(this.#word(i, 0), this.#word(i, 1)), i);
    }
    const at = this.#index.get(keyOf(high, low));
    return at !== undefined && this.#word(at, 0) === high && this.#word(at, 1) === low ? at : -1;
  }
}
