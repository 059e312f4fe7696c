/**
 * State to bytes and back. Equal states give equal bytes: keys are sorted and numbers are integers.
 * The form is JSON of arrays: on a typical profile it is as fast as anything in JavaScript, and readable in a pinch.
 * It is written and read once or twice for every event, so it builds no more objects than it must.
 */
import { callTypes, purposes } from '../../events/envelope.ts';
import type { Json } from '../../events/json.ts';
import {
  type Answers,
  answerKinds,
  type ConsentRecord,
  parseSaid,
  type Said,
  type Span,
  setAnswer,
  signalsIn,
} from '../consent/record.ts';
import type { CategoryCounts, Day, Part, ProfileState, RecentEvent, Register, Touch } from './state.ts';

const VERSION = 1;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

type DayRow = [day: number, counts: number[], intervals: number[]];
type CategoryRow = [name: string, ...CategoryCounts];
type PartRow = [
  id: string,
  n: number,
  accHigh: number,
  accLow: number,
  totals: number[],
  days: DayRow[],
  categories: CategoryRow[],
];
type RegisterRow<T> = [value: T, rank: number, time: number, tie: number];
type NamedRow<T> = [name: string, ...RegisterRow<T>];
/** `kind`: index in {@link answerKinds}; profiles of before there were decisions have 0 and 1 there, and no signals. */
type ConsentRow = [purpose: number, kind: number, at: number, source: string, signals?: string];
type SaidRow = [...said: Said, ...span: Span];
/** Either the first four fields, or all. */
type RecentRow = [
  time: number,
  tie: number,
  type: number,
  event: string,
  item?: string | null,
  category?: string | null,
  priceMinor?: number | null,
  quantity?: number | null,
];

type Stored = [
  version: typeof VERSION,
  parts: PartRow[],
  attributes: NamedRow<string>[],
  traits: NamedRow<Json>[],
  consent: ConsentRow[],
  userIds: string[],
  anonymousIds: string[],
  sources: string[],
  firstSeen: number | null,
  lastSeen: number | null,
  firstTouch: RegisterRow<Touch> | 0,
  lastTouch: RegisterRow<Touch> | 0,
  recent: RecentRow[],
  /** Not in profiles of before there was a history. */
  said?: SaidRow[],
];

/** One row per entry, in order of the key, which every row begins with. */
function rowsOf<K extends string | number, V, R extends readonly [K, ...unknown[]]>(
  map: ReadonlyMap<K, V>,
  row: (key: K, value: V) => R,
): R[] {
  const rows: R[] = [];
  for (const [key, value] of map) rows.push(row(key, value));
  return rows.length < 2 ? rows : rows.sort(byKey);
}

const byKey = (
  a: readonly [string | number, ...unknown[]],
  b: readonly [string | number, ...unknown[]],
): number => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0);

const dayRow = (day: number, { counts, intervals }: Day): DayRow => [day, counts, intervals];

const categoryRow = (name: string, counts: CategoryCounts): CategoryRow => [
  name,
  counts[0],
  counts[1],
  counts[2],
  counts[3],
];

const partRow = (id: string, part: Part): PartRow => [
  id,
  part.n,
  part.acc[0],
  part.acc[1],
  part.totals,
  rowsOf(part.days, dayRow),
  rowsOf(part.categories, categoryRow),
];

const namedRow = <T>(name: string, { value, rank, time, tie }: Register<T>): NamedRow<T> => [
  name,
  value,
  rank,
  time,
  tie,
];

const optional = <T>(register: Register<T> | undefined): RegisterRow<T> | 0 =>
  register ? [register.value, register.rank, register.time, register.tie] : 0;

function consentRows({ answers }: ConsentRecord): ConsentRow[] {
  const rows: ConsentRow[] = [];
  if (answers.size === 0) return rows;
  purposes.forEach((purpose, i) => {
    const known: Answers = answers.get(purpose) ?? {};
    answerKinds.forEach((kind, k) => {
      const answer = known[kind];
      if (answer) rows.push([i, k, answer.at, answer.source, answer.signals.join(' ')]);
    });
  });
  return rows;
}

const saidRows = ({ history }: ConsentRecord): SaidRow[] =>
  [...history.keys()].sort().map((text) => [...parseSaid(text), ...(history.get(text) ?? [0, 0])]);

function recentRow(event: RecentEvent): RecentRow {
  const { time, tie, item, category, priceMinor, quantity } = event;
  const type = callTypes.indexOf(event.type);
  if (item === undefined && category === undefined && priceMinor === undefined && quantity === undefined) {
    return [time, tie, type, event.event];
  }
  return [time, tie, type, event.event, item ?? null, category ?? null, priceMinor ?? null, quantity ?? null];
}

const sorted = (ids: ReadonlySet<string>): string[] => (ids.size < 2 ? [...ids] : [...ids].sort());

/** Canonical bytes. */
export const encodeState = (state: ProfileState): Uint8Array => encoder.encode(stateText(state));

/** What the canonical bytes say, as text. */
export function stateText(state: ProfileState): string {
  const stored: Stored = [
    VERSION,
    rowsOf(state.parts, partRow),
    rowsOf(state.attributes, namedRow<string>),
    rowsOf(state.traits, namedRow<Json>),
    consentRows(state.consent),
    sorted(state.userIds),
    sorted(state.anonymousIds),
    sorted(state.sources),
    state.firstSeen ?? null,
    state.lastSeen ?? null,
    optional(state.firstTouch),
    optional(state.lastTouch),
    state.recent.map(recentRow),
  ];
  if (state.consent.history.size > 0) stored[13] = saidRows(state.consent);
  return JSON.stringify(stored);
}

/**
 * Only {@link stateText} writes these bytes, so their frame is checked and what is inside is trusted:
 * a schema for every number took longer than folding the event.
 */
function isStored(value: unknown): value is Stored {
  return (
    Array.isArray(value) &&
    (value.length === 13 || (value.length === 14 && Array.isArray(value[13]))) &&
    value[0] === VERSION &&
    [1, 2, 3, 4, 5, 6, 7, 12].every((i) => Array.isArray(value[i]))
  );
}

const readRegister = <T>([value, rank, time, tie]: RegisterRow<T>): Register<T> => ({
  value,
  rank,
  time,
  tie,
});

function readNamed<T>(rows: readonly NamedRow<T>[]): Map<string, Register<T>> {
  const map = new Map<string, Register<T>>();
  for (const [name, value, rank, time, tie] of rows) map.set(name, { value, rank, time, tie });
  return map;
}

function readPart([, n, high, low, totals, days, categories]: PartRow): Part {
  return {
    n,
    acc: [high, low],
    totals,
    days: new Map(days.map(([day, counts, intervals]) => [day, { counts, intervals }])),
    categories: new Map(
      categories.map(([name, events, purchases, revenue, last]) => [
        name,
        [events, purchases, revenue, last],
      ]),
    ),
  };
}

function readRecent([time, tie, type, event, item, category, priceMinor, quantity]: RecentRow): RecentEvent {
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

function readConsent(rows: readonly ConsentRow[], said: readonly SaidRow[] = []): ConsentRecord {
  const answers: ConsentRecord['answers'] = new Map();
  for (const [i, k, at, source, signals] of rows) {
    const [purpose, kind] = [purposes[i], answerKinds[k]];
    if (!purpose || !kind) continue;
    const granted = kind === 'decidedYes' || kind === 'saidYes';
    setAnswer(answers, purpose, kind, { granted, at, source, signals: signalsIn(signals ?? 'own') });
  }
  const history = new Map(
    said.map(([choices, at, source, signals, wording, first, last]) => [
      JSON.stringify([choices, at, source, signals, wording]),
      [first, last] as const,
    ]),
  );
  return { answers, history };
}

/** @throws TypeError when the bytes are not a state of a version this code knows. */
export function decodeState(bytes: Uint8Array): ProfileState {
  const stored: unknown = JSON.parse(decoder.decode(bytes));
  if (!isStored(stored)) throw new TypeError('the bytes hold no profile state of a known version');
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
    from,
    to,
    recent,
    said,
  ] = stored;
  return {
    parts: new Map(parts.map((row) => [row[0], readPart(row)])),
    attributes: readNamed(attributes),
    traits: readNamed(traits),
    consent: readConsent(consent, said),
    userIds: new Set(users),
    anonymousIds: new Set(anonymous),
    sources: new Set(sources),
    firstSeen: first ?? undefined,
    lastSeen: last ?? undefined,
    firstTouch: from === 0 ? undefined : readRegister(from),
    lastTouch: to === 0 ? undefined : readRegister(to),
    recent: recent.map(readRecent),
  };
}
