/**
 * What flows through the two streams.
 *
 * `clickstream` carries requests as they came: one {@link Envelope} and the original bytes of its events.
 * `events` carries {@link CleanEvent}s. Times are milliseconds since the epoch, UTC.
 */
import type { JsonObject } from './json.ts';
import type { Flag } from './reasons.ts';

export const callTypes = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const;
export type CallType = (typeof callTypes)[number];

/**
 * How far the sender is trusted. `public`: a write key that anybody can read in a page.
 * `signed`: a public key with a user token signed by the shop's server. `secret`: a secret key.
 */
export type Trust = 'public' | 'signed' | 'secret';

/** What the events of one request have in common. Written once per stream record. */
export interface Envelope {
  readonly version: 1;
  readonly tenant: string;
  readonly source: string;
  readonly trust: Exclude<Trust, 'signed'>;
  readonly receivedAt: number;
  /** The request's own claim of when it was sent; corrects client clocks. */
  readonly sentAt?: number;
  /** Already truncated: last octet (IPv4) or last 80 bits (IPv6) are zero. */
  readonly ip?: string;
  readonly userAgent?: string;
  /** Sec-GPC: 1 was sent. */
  readonly gpc?: true;
  /** Call type taken from the route (`/v1/track`), where the body need not repeat it. */
  readonly route?: CallType;
  /** Batch-level context, merged under each event's own. */
  readonly context?: JsonObject;
  /** The ids of the events are subjects already: the API's own events, and those that were clean before. */
  readonly pseudonymised?: true;
  /** Set on replay and import: the events are history, `receivedAt` is that of the first receipt. */
  readonly replay?: true;
  /** Set by the API alone: what a person decided through it, or on their own page. */
  readonly decided?: 'api' | 'page';
}

/**
 * Stands in `clickstream` for an event of a suppressed person: it is counted, and nothing of it is kept. No request
 * can make it, because an event has at least two bytes.
 */
export const withheld = new Uint8Array();

/** Purposes a person can agree to or refuse. */
export const purposes = [
  'analytics',
  'profiling',
  'email',
  'sms',
  'ads_user_data',
  'ads_personalisation',
] as const;
export type Purpose = (typeof purposes)[number];
export type Consent = { readonly [P in Purpose]?: boolean };

/** When answers were given, ms since the epoch: all at once, or each by itself. */
export type Decided = number | { readonly [P in Purpose]?: number };

/**
 * How a person's consent came to us: our own purposes, Segment's categories, Google's consent mode, a TC string of the
 * IAB, Global Privacy Control, through the API, or on the person's own page.
 */
export const consentSignals = ['own', 'categories', 'consent_mode', 'tcf', 'gpc', 'api', 'page'] as const;
export type ConsentSignal = (typeof consentSignals)[number];

/** Names of track calls that say nothing but what a person allows: ours, and Segment's. */
export const consentEvents: ReadonlySet<string> = new Set([
  'Consent Updated',
  'Segment Consent Preference Updated',
]);

/** An event that passed every cleaning step. The names are Segment's. */
export interface CleanEvent {
  readonly version: 1;
  /** Identity of the accepted copy: `shard:sequence:index` in clickstream. Differs between client retries. */
  readonly receipt: string;
  readonly tenant: string;
  readonly source: string;
  readonly trust: Trust;
  readonly messageId: string;
  readonly type: CallType;
  /** Event name of a track call, page or screen name, or the call type. */
  readonly event: string;
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly previousId?: string;
  readonly groupId?: string;
  /** Corrected event time. */
  readonly timestamp: number;
  readonly receivedAt: number;
  readonly properties: JsonObject;
  readonly traits: JsonObject;
  readonly context: JsonObject;
  readonly consent?: Consent;
  /** How the consent came, when it was decided where the sender said so, and on which wording. */
  readonly consentBy?: {
    readonly signals: readonly ConsentSignal[];
    readonly decidedAt?: Decided;
    readonly wording?: string;
  };
  readonly flags: readonly Flag[];
}

/** One line of the stream `changes`: a profile reached a new version. Repeats carry the same id. */
export interface ProfileChanged {
  readonly version: 1;
  /** Stable id of the change: equal for every repeat of the same effect. */
  readonly id: string;
  readonly tenant: string;
  readonly profileId: string;
  /** Version of the profile item that holds the change. */
  readonly profileVersion: number;
  /** `changed`: events were applied. `merged`: another profile was joined into this one. */
  readonly kind: 'changed' | 'merged';
  readonly at: number;
  /** Nothing was known of the person before. */
  readonly first?: true;
}

/** A profile entered a segment or left it. */
export interface MembershipChanged {
  readonly version: 1;
  /** Stable id of the change: equal for every repeat of the same effect. */
  readonly id: string;
  readonly tenant: string;
  readonly profileId: string;
  readonly segmentId: string;
  readonly kind: 'entered' | 'left';
  readonly at: number;
}

/** One refused event, as kept in quarantine. */
export interface Quarantined {
  readonly version: 1;
  readonly receipt: string;
  readonly tenant: string;
  readonly source: string;
  readonly reason: string;
  /** Which field, which limit: never the value itself. */
  readonly detail?: string;
  readonly step: 'clean' | 'features';
  readonly at: number;
  readonly envelope: Envelope;
  /** The original bytes as base64; for `event_too_large` the first kilobyte. */
  readonly original: string;
  /** SHA-256 of the original bytes, hex. */
  readonly digest: string;
}
