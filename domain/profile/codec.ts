/**
 * State to bytes and back. Equal states give equal bytes: keys are sorted and numbers are integers.
 * The form is JSON of arrays: on a typical profile it is as fast as anything in JavaScript, and readable in a pinch.
 */
import * as z from 'zod/mini';
import { callTypes, purposes } from '../../events/envelope.ts';
import type { Json } from '../../events/json.ts';
import type { CategoryCounts, Part, ProfileState, RecentEvent, Register, Touch } from './state.ts';

const VERSION = 1;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

const byKey = <K extends string | number>(a: readonly [K, unknown], b: readonly [K, unknown]): number =>
  a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;

const sorted = <K extends string | number, V>(map: ReadonlyMap<K, V>): [K, V][] =>
  map.size < 2 ? [...map] : [...map].sort(byKey);

type PartRow = [
  string,
  number,
  number,
  number,
  number[],
  [number, number[], number[]][],
  [string, ...CategoryCounts][],
];
type RegisterRow<T> = [T, number, number, number];

const partRow = ([id, part]: [string, Part]): PartRow => [
  id,
  part.n,
  part.acc[0],
  part.acc[1],
  part.totals,
  sorted(part.days).map(([day, { counts, intervals }]) => [day, counts, intervals]),
  sorted(part.categories).map(([name, counts]) => [name, ...counts]),
];

const registerRow = <T>({ value, rank, time, tie }: Register<T>): RegisterRow<T> => [value, rank, time, tie];

const optional = <T>(register: Register<T> | undefined): RegisterRow<T> | 0 =>
  register ? registerRow(register) : 0;

const recentRow = (event: RecentEvent): (string | number | null)[] => {
  const { time, tie, type, event: name, item, category, priceMinor, quantity } = event;
  const row = [
    time,
    tie,
    callTypes.indexOf(type),
    name,
    item ?? null,
    category ?? null,
    priceMinor ?? null,
    quantity ?? null,
  ];
  while (row.at(-1) === null) row.pop();
  return row;
};

/** Canonical bytes. */
export const encodeState = (state: ProfileState): Uint8Array => encoder.encode(stateText(state));

/** What the canonical bytes say, as text. */
export function stateText(state: ProfileState): string {
  return JSON.stringify([
    VERSION,
    sorted(state.parts).map(partRow),
    sorted(state.attributes).map(([name, register]) => [name, ...registerRow(register)]),
    sorted(state.traits).map(([name, register]) => [name, ...registerRow(register)]),
    purposes.flatMap((purpose, i) => {
      const choice = state.consent.get(purpose);
      return choice ? [[i, choice.granted ? 1 : 0, choice.at, choice.source]] : [];
    }),
    [...state.userIds].sort(),
    [...state.anonymousIds].sort(),
    [...state.sources].sort(),
    state.firstSeen ?? null,
    state.lastSeen ?? null,
    optional(state.firstTouch),
    optional(state.lastTouch),
    state.recent.map(recentRow),
  ]);
}

const numbers = z.array(z.number());
const json = z.custom<Json>((value) => value !== undefined);
const register = [z.number(), z.number(), z.number()] as const;
const touch = z.custom<Touch>((value) => typeof value === 'object' && value !== null);
const touchRow = z.union([z.literal(0), z.tuple([touch, ...register])]);
const nullableText = z.optional(z.nullable(z.string()));
const nullableNumber = z.optional(z.nullable(z.number()));

const stateSchema = z.tuple([
  z.literal(VERSION),
  z.array(
    z.tuple([
      z.string(),
      z.number(),
      z.number(),
      z.number(),
      numbers,
      z.array(z.tuple([z.number(), numbers, numbers])),
      z.array(z.tuple([z.string(), z.number(), z.number(), z.number(), z.number()])),
    ]),
  ),
  z.array(z.tuple([z.string(), z.string(), ...register])),
  z.array(z.tuple([z.string(), json, ...register])),
  z.array(z.tuple([z.number(), z.number(), z.number(), z.string()])),
  z.array(z.string()),
  z.array(z.string()),
  z.array(z.string()),
  z.nullable(z.number()),
  z.nullable(z.number()),
  touchRow,
  touchRow,
  z.array(
    z.tuple([
      z.number(),
      z.number(),
      z.number(),
      z.string(),
      nullableText,
      nullableText,
      nullableNumber,
      nullableNumber,
    ]),
  ),
]);
type Stored = z.infer<typeof stateSchema>;

const readRegister = <T>([value, rank, time, tie]: readonly [T, number, number, number]): Register<T> => ({
  value,
  rank,
  time,
  tie,
});

const readTouch = (row: Stored[10]): Register<Touch> | undefined =>
  row === 0 ? undefined : readRegister(row);

function readPart([, n, high, low, totals, days, categories]: Stored[1][number]): Part {
  return {
    n,
    acc: [high, low],
    totals,
    days: new Map(days.map(([day, counts, intervals]) => [day, { counts, intervals }])),
    categories: new Map(categories.map(([name, ...counts]) => [name, counts])),
  };
}

function readRecent([
  time,
  tie,
  type,
  event,
  item,
  category,
  priceMinor,
  quantity,
]: Stored[12][number]): RecentEvent {
  return {
    time,
    tie,
    type: callTypes[type] ?? 'track',
    event,
    ...(item == null ? {} : { item }),
    ...(category == null ? {} : { category }),
    ...(priceMinor == null ? {} : { priceMinor }),
    ...(quantity == null ? {} : { quantity }),
  };
}

/** @throws when the bytes are not a state of a version this code knows. */
export function decodeState(bytes: Uint8Array): ProfileState {
  const [
    ,
    parts,
    attributes,
    traits,
    consent,
    users,
    anonymous,
    sources,
    first,
    last,
    firstTouch,
    lastTouch,
    recent,
  ] = stateSchema.parse(JSON.parse(decoder.decode(bytes)));
  return {
    parts: new Map(parts.map((row) => [row[0], readPart(row)])),
    attributes: new Map(attributes.map(([name, ...row]) => [name, readRegister(row)])),
    traits: new Map(traits.map(([name, ...row]) => [name, readRegister(row)])),
    consent: new Map(
      consent.flatMap(([i, granted, at, source]) => {
        const purpose = purposes[i];
        return purpose ? [[purpose, { granted: granted === 1, at, source }] as const] : [];
      }),
    ),
    userIds: new Set(users),
    anonymousIds: new Set(anonymous),
    sources: new Set(sources),
    firstSeen: first ?? undefined,
    lastSeen: last ?? undefined,
    firstTouch: readTouch(firstTouch),
    lastTouch: readTouch(lastTouch),
    recent: recent.map(readRecent),
  };
}
