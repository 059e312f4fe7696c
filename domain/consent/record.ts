/**
 * What a person allowed and refused, as a lattice: joining two copies in any order, any number of times, gives the same.
 *
 * Senders repeat the last answer with every event, most of them without saying when it was given. So two kinds are told
 * apart: decisions, whose moment is known, and sayings, which hold at the time of their event. Per purpose the newest of
 * each kind is kept, for yes and for no, and what stands follows from these four.
 *
 * The history keeps every distinct answer with when it was first and last said. A decision is exact; sayings of one answer
 * from one source are one entry, because they say no more than that.
 */
import {
  type CleanEvent,
  type ConsentSignal,
  consentEvents,
  consentSignals,
  type Purpose,
  purposes,
} from '../../events/envelope.ts';
import { boundByHash } from '../profile/bounded.ts';

/** One answer for one purpose. `at`: when decided, else when said, ms. */
export interface Answer {
  readonly granted: boolean;
  readonly at: number;
  readonly source: string;
  readonly signals: readonly ConsentSignal[];
}

/** The newest answers of each kind. */
export interface Answers {
  decidedYes?: Answer;
  decidedNo?: Answer;
  saidYes?: Answer;
  saidNo?: Answer;
}
/** Stored by index. */
export const answerKinds = ['saidNo', 'saidYes', 'decidedNo', 'decidedYes'] as const;
export type AnswerKind = (typeof answerKinds)[number];

/** First and last time that an answer was said, ms. */
export type Span = readonly [first: number, last: number];

export interface ConsentRecord {
  readonly answers: Map<Purpose, Answers>;
  /** By the text of {@link Said}. */
  readonly history: Map<string, Span>;
}

/** One entry of the history. `choices`: a digit per purpose, 1 yes, 0 no, - nothing said. */
export type Said = readonly [
  choices: string,
  decidedAt: number,
  source: string,
  signals: string,
  wording: string,
];

/** Entries kept: newest decisions through the API and the person's page, newest others, and sayings chosen by hash. */
const KEPT = { asked: 32, decided: 32, said: 12 } as const;

export const emptyConsent = (): ConsentRecord => ({ answers: new Map(), history: new Map() });

/** A decision from the future is none: it would outlast every later one. */
const AHEAD_MS = 300_000;

/** Adds what an event says about consent. Changes the record in place. */
export function addConsent(record: ConsentRecord, event: CleanEvent): void {
  const { consent, consentBy, source, timestamp } = event;
  if (!consent) return;
  const signals = consentBy?.signals ?? ['own'];
  /** Digits by when they were decided; what was decided at once is one entry. */
  const entries = new Map<number, string[]>();
  purposes.forEach((purpose, i) => {
    const granted = consent[purpose];
    if (granted === undefined) return;
    const decided = decisionOf(event, purpose);
    const kind = `${decided === undefined ? 'said' : 'decided'}${granted ? 'Yes' : 'No'}` as const;
    setAnswer(record.answers, purpose, kind, { granted, at: decided ?? timestamp, source, signals });
    let digits = entries.get(decided ?? 0);
    if (!digits) entries.set(decided ?? 0, (digits = purposes.map(() => '-')));
    digits[i] = granted ? '1' : '0';
  });
  for (const [at, digits] of entries) {
    const said: Said = [digits.join(''), at, source, signals.join(' '), consentBy?.wording ?? ''];
    addSpan(record.history, JSON.stringify(said), [timestamp, timestamp]);
  }
  boundHistory(record.history);
}

/** When an event's answer for a purpose was given, ms; undefined where that is not known. */
function decisionOf({ consentBy, receivedAt }: CleanEvent, purpose: Purpose): number | undefined {
  const decided = consentBy?.decidedAt;
  const at = typeof decided === 'object' ? decided[purpose] : decided;
  return at !== undefined && at <= receivedAt + AHEAD_MS ? at : undefined;
}

/** Adds everything of `from`. Changes `into` in place. */
export function joinConsent(into: ConsentRecord, from: ConsentRecord): void {
  for (const [purpose, answers] of from.answers) {
    for (const kind of answerKinds) {
      const answer = answers[kind];
      if (answer) setAnswer(into.answers, purpose, kind, answer);
    }
  }
  for (const [said, span] of from.history) addSpan(into.history, said, span);
  boundHistory(into.history);
}

export function setAnswer(
  into: Map<Purpose, Answers>,
  purpose: Purpose,
  kind: AnswerKind,
  next: Answer,
): void {
  let known = into.get(purpose);
  if (!known) into.set(purpose, (known = {}));
  const before = known[kind];
  if (!before || isNewer(next, before)) known[kind] = next;
}

/** A total order, so that it does not matter which of two comes first. */
function isNewer(a: Answer, b: Answer): boolean {
  if (a.at !== b.at) return a.at > b.at;
  if (a.source !== b.source) return a.source > b.source;
  return a.signals.join() > b.signals.join();
}

function addSpan(history: Map<string, Span>, said: string, [first, last]: Span): void {
  const known = history.get(said);
  history.set(said, known ? [Math.min(known[0], first), Math.max(known[1], last)] : [first, last]);
}

export function parseSaid(text: string): Said {
  const said: unknown = JSON.parse(text);
  if (!isSaid(said)) throw new TypeError('an entry of the consent history cannot be read');
  return said;
}

const isSaid = (value: unknown): value is Said =>
  Array.isArray(value) &&
  value.length === 5 &&
  value.every((part, i) => typeof part === (i === 1 ? 'number' : 'string'));

/**
 * The newest decisions stay, by a key that never changes, so that what has been dropped cannot come back. What came
 * through the API has room of its own: nobody can push it out by saying much.
 */
function boundHistory(history: Map<string, Span>): void {
  if (history.size <= KEPT.said) return;
  const asked: [at: number, text: string][] = [];
  const decided: [at: number, text: string][] = [];
  const said = new Set<string>();
  for (const text of history.keys()) {
    const [, at, , signals] = parseSaid(text);
    if (at === 0) said.add(text);
    else (/\b(?:api|page)\b/.test(signals) ? asked : decided).push([at, text]);
  }
  for (const text of beyond(asked, KEPT.asked)) history.delete(text);
  for (const text of beyond(decided, KEPT.decided)) history.delete(text);
  const kept = new Set(said);
  boundByHash(kept, KEPT.said);
  for (const text of said) if (!kept.has(text)) history.delete(text);
}

const beyond = (entries: [at: number, text: string][], limit: number): string[] =>
  entries
    .sort((a, b) => b[0] - a[0] || (a[1] < b[1] ? -1 : 1))
    .slice(limit)
    .map(([, text]) => text);

/**
 * What stands for a purpose; undefined when nothing was ever said. The newest answer counts, and of two at the same time
 * the refusal. A yes without a moment may repeat what was answered long ago, so it never lifts a decided no: that takes
 * a newer decision.
 */
export function standingAnswer(answers: Answers | undefined): Answer | undefined {
  if (!answers) return undefined;
  const { decidedYes, decidedNo, saidYes, saidNo } = answers;
  const no = newest(decidedNo, saidNo);
  const lifted = decidedNo === undefined || (decidedYes !== undefined && decidedYes.at > decidedNo.at);
  const yes = lifted ? newest(decidedYes, saidYes) : decidedYes;
  if (!no || !yes) return no ?? yes;
  return yes.at > no.at ? yes : no;
}

const newest = (a: Answer | undefined, b: Answer | undefined): Answer | undefined =>
  a && b ? (b.at > a.at ? b : a) : (a ?? b);

/** Whether the person said no, and it stands. What nobody asked is no refusal. */
export const refuses = ({ answers }: ConsentRecord, purpose: Purpose): boolean =>
  standingAnswer(answers.get(purpose))?.granted === false;

/** Whether an event must not be applied: analytics stays refused although it comes. Consent itself is always heard. */
export function isRefused(record: ConsentRecord, event: CleanEvent): boolean {
  if (!refuses(record, 'analytics') || isConsentEvent(event)) return false;
  const granted = event.consent?.analytics === true && decisionOf(event, 'analytics') !== undefined;
  if (!granted) return true;
  const answers = new Map([['analytics', { ...record.answers.get('analytics') }] as const]);
  const next: ConsentRecord = { answers, history: new Map() };
  addConsent(next, event);
  return refuses(next, 'analytics');
}

const isConsentEvent = ({ type, event }: Pick<CleanEvent, 'type' | 'event'>): boolean =>
  type === 'track' && consentEvents.has(event);

export interface HistoryEntry {
  readonly purpose: Purpose;
  readonly granted: boolean;
  /** When decided; undefined where the sender did not say. */
  readonly decidedAt: number | undefined;
  readonly firstSaid: number;
  readonly lastSaid: number;
  readonly source: string;
  readonly signals: readonly ConsentSignal[];
  readonly wording: string | undefined;
}

/** The history per purpose, oldest first. An answer that was decided counts from then, others from when first said. */
export function historyOf({ history }: ConsentRecord): HistoryEntry[] {
  const entries = [...history].flatMap(([text, [firstSaid, lastSaid]]) => {
    const [choices, at, source, signals, wording] = parseSaid(text);
    return purposes.flatMap((purpose, i): HistoryEntry[] =>
      choices[i] === '1' || choices[i] === '0'
        ? [
            {
              purpose,
              granted: choices[i] === '1',
              decidedAt: at === 0 ? undefined : at,
              firstSaid,
              lastSaid,
              source,
              signals: signalsIn(signals),
              wording: wording === '' ? undefined : wording,
            },
          ]
        : [],
    );
  });
  const since = (entry: HistoryEntry): number => entry.decidedAt ?? entry.firstSaid;
  return entries.sort((a, b) => since(a) - since(b) || a.firstSaid - b.firstSaid);
}

export const signalsIn = (text: string): ConsentSignal[] =>
  consentSignals.filter((signal) => text.split(' ').includes(signal));
