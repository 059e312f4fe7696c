/**
 * One pass over the bytes of a JSON text, before it is parsed: where each event lies, how deep it nests,
 * and what a parser would hide (a key written twice, keys that reach for prototypes).
 *
 * The scan is safe on any bytes and never recurses. It does not decide whether the text is JSON:
 * where `JSON.parse` accepts the same bytes, the findings here are exact; where it refuses, they mean nothing.
 */
import { isUtf8 } from 'node:buffer';

export interface ScanLimits {
  /** Levels of nesting, the outermost object being level 1. */
  readonly depth: number;
}

export const scanLimits: ScanLimits = { depth: 32 };

/** Half-open byte range `[start, end)`, without surrounding white space. */
export type Span = readonly [start: number, end: number];

export type ScanError = 'invalid_encoding' | 'invalid_json' | 'too_deep';

export interface ScanFailure {
  readonly ok: false;
  readonly error: ScanError;
}

export interface BodyScan {
  readonly ok: true;
  /** The elements of the top-level array `batch`; the whole object where there is no such array. */
  readonly spans: readonly Span[];
  /** True when `spans` are the elements of `batch`. */
  readonly batch: boolean;
}

/** Keys whose double occurrence is refused, because a parser would silently let the last one win. */
export const singleKeys = ['userId', 'anonymousId', 'messageId', 'previousId', 'groupId', 'type'] as const;

/** Keys that are never passed on: merging them could change the prototype of an object. */
export const unsafeKeys: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

export interface EventScan {
  readonly ok: true;
  /** Keys of all objects at all levels. */
  readonly keys: number;
  /** The first of {@link singleKeys} that occurs twice at the event's top level. */
  readonly duplicate: (typeof singleKeys)[number] | undefined;
  /** True when one of {@link unsafeKeys} occurs at any level. */
  readonly unsafe: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
/** `[` and `]` become `{` and `}` when bit 5 is set. */
const FOLD = 0x20;
const OPEN = 0x7b;
const CLOSE = 0x7d;

const encoder = new TextEncoder();
const BATCH = encoder.encode('batch');

const failure = (error: ScanError): ScanFailure => ({ ok: false, error });

const isSpace = (byte: number | undefined): boolean =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

/** Index of the quote that closes a string whose content begins at `at`; the length when there is none. */
function closingQuote(bytes: Uint8Array, at: number): number {
  const end = bytes.length;
  let i = at;
  while (i < end) {
    const byte = bytes[i];
    if (byte === QUOTE) return i;
    i += byte === BACKSLASH ? 2 : 1;
  }
  return end;
}

function skipSpace(bytes: Uint8Array, at: number): number {
  let i = at;
  while (isSpace(bytes[i])) i++;
  return i;
}

function trimmed(bytes: Uint8Array, from: number, to: number): Span {
  const start = skipSpace(bytes, from);
  let end = to;
  while (end > start && isSpace(bytes[end - 1])) end--;
  return [start, end];
}

function sameBytes(bytes: Uint8Array, from: number, to: number, text: Uint8Array): boolean {
  if (to - from !== text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[from + i] !== text[i]) return false;
  return true;
}

function hasEscape(bytes: Uint8Array, from: number, to: number): boolean {
  for (let i = from; i < to; i++) if (bytes[i] === BACKSLASH) return true;
  return false;
}

/** The bytes of a key with its escapes resolved; undefined when they are broken. */
function decodeKey(bytes: Uint8Array, from: number, to: number): Uint8Array | undefined {
  try {
    const text: unknown = JSON.parse(Buffer.from(bytes.subarray(from - 1, to + 1)).toString('utf8'));
    return typeof text === 'string' ? encoder.encode(text) : undefined;
  } catch {
    return undefined;
  }
}

/** True when the key whose raw text is `[from, to)` reads `text`. */
function keyIs(bytes: Uint8Array, from: number, to: number, text: Uint8Array): boolean {
  if (sameBytes(bytes, from, to, text)) return true;
  // An escape makes a key longer, never shorter.
  if (to - from <= text.length || !hasEscape(bytes, from, to)) return false;
  const decoded = decodeKey(bytes, from, to);
  return decoded !== undefined && sameBytes(decoded, 0, decoded.length, text);
}

/** Start of the text proper, or an error: the outermost value must be one object. */
function begin(bytes: Uint8Array): number | ScanFailure {
  if (!isUtf8(bytes)) return failure('invalid_encoding');
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const start = skipSpace(bytes, mark);
  return bytes[start] === OPEN ? start : failure('invalid_json');
}

/**
 * Finds the events of a request body. A byte-order mark is accepted.
 * Anything but one top-level object, also followed by more text, is `invalid_json`.
 */
export function scanBody(bytes: Uint8Array, limits: ScanLimits = scanLimits): BodyScan | ScanFailure {
  const start = begin(bytes);
  if (typeof start !== 'number') return start;
  const end = bytes.length;
  let spans: Span[] | undefined;
  /** Where the current element of `batch` begins; -1 outside of it. */
  let element = -1;
  /** True between the key `batch` and its value. */
  let named = false;
  let depth = 1;
  for (let i = start + 1; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === QUOTE) {
      const close = closingQuote(bytes, i + 1);
      if (depth === 1) {
        named = bytes[skipSpace(bytes, close + 1)] === COLON && keyIs(bytes, i + 1, close, BATCH);
        // As in a parser, the last of two equal keys wins.
        if (named) spans = undefined;
      }
      i = close;
    } else if (byte === COMMA) {
      if (depth === 2 && element >= 0) {
        spans?.push(trimmed(bytes, element, i));
        element = i + 1;
      } else if (depth === 1) named = false;
    } else if ((byte | FOLD) === OPEN) {
      if (depth === 1 && named && byte !== OPEN) {
        spans = [];
        element = i + 1;
      }
      if (++depth > limits.depth) return failure('too_deep');
    } else if ((byte | FOLD) === CLOSE) {
      if (depth === 2 && element >= 0) {
        const span = trimmed(bytes, element, i);
        if (span[0] < span[1]) spans?.push(span);
        element = -1;
      }
      if (--depth === 0) return finish(bytes, start, i + 1, spans);
    }
  }
  return failure('invalid_json');
}

function finish(
  bytes: Uint8Array,
  start: number,
  end: number,
  spans: Span[] | undefined,
): BodyScan | ScanFailure {
  if (skipSpace(bytes, end) !== bytes.length) return failure('invalid_json');
  return spans ? { ok: true, spans, batch: true } : { ok: true, spans: [[start, end]], batch: false };
}

/** Keys that matter: first those of {@link singleKeys}, then the unsafe ones. */
const known = [...singleKeys, ...unsafeKeys].map((key) => encoder.encode(key));
const longest = Math.max(...known.map((text) => text.length));
/** By length and first byte: one more than the position in `known`. No two known keys share both. */
const slots = new Uint8Array((longest + 1) * 256);
known.forEach((text, i) => {
  slots[text.length * 256 + (text[0] ?? 0)] = i + 1;
});

/** Position in `known` of the key whose raw text is `[from, to)`; -1 for any other. */
function knownKey(bytes: Uint8Array, from: number, to: number, escapes: boolean): number {
  if (escapes && hasEscape(bytes, from, to)) {
    const decoded = decodeKey(bytes, from, to);
    return decoded ? knownKey(decoded, 0, decoded.length, false) : -1;
  }
  const length = to - from;
  if (length > longest) return -1;
  const slot = slots[length * 256 + (bytes[from] ?? 0)] ?? 0;
  if (slot === 0) return -1;
  const text = known[slot - 1];
  return text !== undefined && sameBytes(bytes, from, to, text) ? slot - 1 : -1;
}

/** Examines the bytes of one event. */
export function scanEvent(bytes: Uint8Array, limits: ScanLimits = scanLimits): EventScan | ScanFailure {
  const start = begin(bytes);
  if (typeof start !== 'number') return start;
  const end = bytes.length;
  const escapes = bytes.includes(BACKSLASH);
  let keys = 0;
  let unsafe = false;
  let seen = 0;
  let duplicate: EventScan['duplicate'];
  let depth = 1;
  for (let i = start + 1; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if (byte === QUOTE) {
      const close = closingQuote(bytes, i + 1);
      const next = skipSpace(bytes, close + 1);
      // In JSON a string is a key exactly when a colon follows.
      if (bytes[next] === COLON) {
        keys++;
        const key = knownKey(bytes, i + 1, close, escapes);
        if (key >= singleKeys.length) unsafe = true;
        else if (key >= 0 && depth === 1) {
          const bit = 1 << key;
          if ((seen & bit) !== 0) duplicate ??= singleKeys[key];
          seen |= bit;
        }
      }
      i = close;
    } else if ((byte | FOLD) === OPEN) {
      if (++depth > limits.depth) return failure('too_deep');
    } else if ((byte | FOLD) === CLOSE && --depth === 0) {
      const whole = skipSpace(bytes, i + 1) === end;
      return whole ? { ok: true, keys, duplicate, unsafe } : failure('invalid_json');
    }
  }
  return failure('invalid_json');
}
