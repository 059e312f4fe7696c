/** The many shapes in which Segment's calls may be written, brought to one. */

export type Fields = Record<string, unknown>;

const isObject = (value: unknown): value is Fields => value === Object(value);

export const fieldsOf = (value: unknown): Fields => (isObject(value) ? value : {});

/** Numbers are common as ids in pages, and the collector refuses them. Empty for what is no id. */
const textOf = (value: unknown): string => (/^[sn]/.test(typeof value) ? `${value}` : '');

export interface Arguments {
  /** The text before the last one, if there are two. */
  readonly first: string | undefined;
  readonly last: string | undefined;
  readonly fields: Fields;
  readonly options: Fields;
}

/** Reads `(...texts, fields?, options?)` with up to `texts` texts, of which any may be left out. */
export function read(args: readonly unknown[], texts: number): Arguments {
  const object = args.findIndex(isObject);
  const end = object < 0 || object > texts ? texts : object;
  const found = args.slice(0, end).map(textOf).filter(Boolean);
  return {
    last: found.pop(),
    first: found.pop(),
    fields: fieldsOf(args[end]),
    options: fieldsOf(args[end + 1]),
  };
}
