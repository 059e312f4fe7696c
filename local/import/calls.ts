/** One row -> one call in Segment form. */
import type { CallType } from '../../events/envelope.ts';
import type { Json, JsonObject } from '../../events/json.ts';
import { type Cell, cellOf, conditionOf, filler, type Row, RowError, textOf } from './cells.ts';
import type { FieldSpecs, Mapping } from './mapping-schema.ts';
import { timeReader } from './time.ts';

type NameSpec = Mapping['event'];

interface Kind {
  readonly when: (row: Row) => boolean;
  readonly type: CallType;
  readonly name: Cell;
  readonly addTo: (target: JsonObject, row: Row) => void;
}

const always = (): boolean => true;

function nameOf(spec: NameSpec, key: string): Cell {
  if (spec === undefined) return () => undefined;
  return typeof spec === 'string' ? () => spec : cellOf(spec, key);
}

function kindsOf(mapping: Mapping, key: string): Kind[] {
  const kind = (
    when: Kind['when'],
    type: CallType,
    event: NameSpec,
    properties: FieldSpecs | undefined,
  ): Kind => ({ when, type, name: nameOf(event, key), addTo: filler(properties, key) });
  const variants = (mapping.variants ?? []).map((variant) =>
    kind(
      conditionOf(variant.when),
      variant.type ?? mapping.type,
      variant.event ?? mapping.event,
      variant.properties,
    ),
  );
  return [...variants, kind(always, mapping.type, mapping.event, undefined)];
}

/** Ids are text: a number in JSON is written out. */
function idReader(cell: Cell | undefined): (row: Row) => string | undefined {
  return (row) => {
    const value = cell?.(row);
    return value === undefined ? undefined : typeof value === 'string' ? value : JSON.stringify(value);
  };
}

export interface Call {
  /** Without a messageId where the mapping names none. */
  readonly call: JsonObject;
  /** Position of the variant that the row is; rows of different kinds never share an event. */
  readonly kind: number;
}

/** Builds the function that makes a call from a row. It throws RowError for a row that lacks what a call needs. */
export function callMaker(mapping: Mapping, key: string): (row: Row) => Call {
  const kinds = kindsOf(mapping, key);
  const { column } = mapping.time;
  const readTime = timeReader(mapping.time);
  const idOf = (spec: Parameters<typeof cellOf>[0] | undefined): ((row: Row) => string | undefined) =>
    idReader(spec === undefined ? undefined : cellOf(spec, key));
  const ids = [
    ['messageId', idOf(mapping.messageId)],
    ['userId', idOf(mapping.ids.userId)],
    ['anonymousId', idOf(mapping.ids.anonymousId)],
    ['groupId', idOf(mapping.ids.groupId)],
  ] as const;
  const fill = filler(mapping.properties, key);
  const others = [
    ['traits', filler(mapping.traits, key)],
    ['context', filler(mapping.context, key)],
  ] as const;

  return (row) => {
    const time = readTime(textOf(row, column));
    if (time === undefined) throw new RowError(`${column} is not a time of the stated form`);
    const position = kinds.findIndex(({ when }) => when(row));
    const kind = kinds[position];
    if (!kind) throw new RowError('no kind of event fits');
    const call: JsonObject = { type: kind.type, timestamp: new Date(time).toISOString() };
    setName(call, kind.type, kind.name(row));
    for (const [name, read] of ids) {
      const id = read(row);
      if (id !== undefined) call[name] = id;
    }
    if (call['userId'] === undefined && call['anonymousId'] === undefined) throw new RowError('no person');
    const properties: JsonObject = {};
    fill(properties, row);
    kind.addTo(properties, row);
    if (Object.keys(properties).length > 0) call['properties'] = properties;
    for (const [name, fillOther] of others) {
      const object: JsonObject = {};
      fillOther(object, row);
      if (Object.keys(object).length > 0) call[name] = object;
    }
    return { call, kind: position };
  };
}

function setName(call: JsonObject, type: CallType, name: Json | undefined): void {
  if (type === 'track') {
    if (name === undefined || name === '') throw new RowError('no event name');
    call['event'] = name;
  } else if ((type === 'page' || type === 'screen') && name !== undefined) call['name'] = name;
}
