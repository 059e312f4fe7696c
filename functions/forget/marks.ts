/**
 * Finds a person in bytes that have no schema: refused events, records that nobody could read, stored replies. Ids and
 * addresses are looked for as they stand, escaped as JSON and encoded as in URLs, whatever their case.
 */

/** Shorter marks, and numbers, stand in many texts by chance: they only count as a whole value between quotes. */
const DISTINCT = 6;

const quoted = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');

const isDistinct = (mark: string): boolean => mark.length >= DISTINCT && !/^\d+$/.test(mark);

/** Fields that hold an id, in events and in rows. */
const ID = /"(?:userId|anonymousId|previousId|user_id|anonymous_id|previous_id)"\s*:\s*"([^"]*)"/g;

export class Marks {
  readonly #patterns: readonly RegExp[];
  readonly #isTheirs: (id: string) => boolean;

  /** `isTheirs`: whether an id is the person's, where that can be told without having seen it before. */
  constructor(marks: Iterable<string>, isTheirs: (id: string) => boolean = () => false) {
    this.#isTheirs = isTheirs;
    const all = [...new Set(marks)].filter((mark) => mark !== '');
    const long = all.filter(isDistinct).map(quoted);
    const short = all.filter((mark) => !isDistinct(mark)).map(quoted);
    this.#patterns = [
      ...(long.length > 0
        ? [new RegExp(`(?<![\\p{L}\\p{N}])(?:${long.join('|')})(?![\\p{L}\\p{N}])`, 'iu')]
        : []),
      // A number may stand without quotes where an id is expected.
      ...(short.length > 0
        ? [new RegExp(`"(?:${short.join('|')})"|"\\w*id"\\s*:\\s*(?:${short.join('|')})(?!\\w)`, 'iu')]
        : []),
    ];
  }

  inText(text: string): boolean {
    const forms = new Set([text, unescaped(text), decoded(unescaped(text))]);
    return [...forms].some(
      (form) =>
        this.#patterns.some((pattern) => pattern.test(form)) ||
        [...form.matchAll(ID)].some(([, id = '']) => this.#isTheirs(id)),
    );
  }

  inBytes(bytes: Uint8Array): boolean {
    return this.inText(new TextDecoder().decode(bytes));
  }
}

/** Without JSON's escapes, as far as they are any. */
const unescaped = (text: string): string =>
  text
    .replaceAll(/\\u([0-9a-f]{4})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    .replaceAll(/\\([/"\\])/g, '$1');

/** Without the encoding of URLs, as far as it is one. */
const decoded = (text: string): string =>
  text.replaceAll(/(?:%[0-9a-f]{2})+/gi, (run) => {
    try {
      return decodeURIComponent(run);
    } catch {
      return run;
    }
  });
