/**
 * Questions about everybody of a tenant, answered from the lake: funnels, retention, campaigns.
 *
 * A person is a user id; a device that was never seen with one is a person of its own, and what a device did
 * before belongs to the first user that was seen with it in what is looked at. Times are ms since the epoch, UTC;
 * `from` is inclusive, `to` exclusive. Figures are exact: who shows them to people decides what may be shown.
 */
import type { Attribute } from '../../events/attributes.ts';

/**
 * Only events whose property has this value; texts, numbers and truth values are told apart.
 * Properties that hold half a character (a lone surrogate) cannot be asked for.
 */
export interface PropertyIs {
  readonly property: string;
  readonly is: string | number | boolean;
}

export interface FunnelStep {
  /** Name of the event. */
  readonly event: string;
  /** All must hold. */
  readonly where: readonly PropertyIs[];
}

/** By a property of the first step, or by an attribute as it was last known when the first step was made. */
export type Breakdown = { readonly property: string } | { readonly attribute: Attribute };

interface Asked {
  readonly tenant: string;
  readonly from: number;
  readonly to: number;
  /** Groups of fewer people are joined into one. */
  readonly least: number;
}

export interface FunnelQuery extends Asked {
  /** At least one. */
  readonly steps: readonly FunnelStep[];
  /** Time from the first step within which the others count, ms. */
  readonly window: number;
  readonly breakdown?: Breakdown;
  /** Groups that are named, at most; the others are joined into one. */
  readonly groups: number;
}

/** One step, by those people who did all steps up to it, each later than the one before. */
export interface FunnelCount {
  readonly people: number;
  /** Median time since the step before, ms; undefined for the first step, and where nobody came so far. */
  readonly median: number | undefined;
}

/** `other`: groups that are too small or too many, joined. `unknown`: people without a value. */
export type GroupKind = 'named' | 'unknown' | 'other';

export interface FunnelGroup {
  readonly kind: GroupKind;
  /** Only of a named one. */
  readonly value?: string;
  readonly steps: readonly FunnelCount[];
}

/** Each person counts once, by the attempt that came furthest; among equals the first. */
export interface FunnelAnswer {
  readonly steps: readonly FunnelCount[];
  /** Largest first; empty without a breakdown. */
  readonly groups: readonly FunnelGroup[];
}

export interface RetentionQuery {
  readonly tenant: string;
  /** Start of the first period. */
  readonly from: number;
  /** Length of a period, ms. */
  readonly period: number;
  readonly periods: number;
  /** Who was seen in this time before `from`, ms, is in no cohort. */
  readonly before: number;
}

/** People whose first event fell into the same period. */
export interface Cohort {
  /** Number of the period, from 0. */
  readonly period: number;
  /** People active in that period, the next, and so on to the last; the first is the size of the cohort. */
  readonly active: readonly number[];
}

export interface CampaignQuery extends Asked {
  /** How long a campaign is remembered after a person was last seen coming from it, ms. */
  readonly memory: number;
}

export interface Campaign {
  readonly source?: string;
  readonly medium?: string;
  readonly name?: string;
}

/** What is credited to the campaign from which a person came last. */
export interface CampaignRow {
  readonly kind: GroupKind;
  readonly campaign: Campaign;
  /** Visits that began in the range: events with no gap of half an hour. */
  readonly sessions: number;
  readonly people: number;
  readonly orders: number;
  readonly buyers: number;
  /** Of the orders as they were placed, in units of the currency. */
  readonly revenue: number;
}

export interface Insights {
  /** @throws WellspringError `too_much_history` when too many files would have to be read; so do the others. */
  funnel(query: FunnelQuery): Promise<FunnelAnswer>;
  /** A cohort for each period, also empty ones. */
  retention(query: RetentionQuery): Promise<Cohort[]>;
  /** Most sessions first; joined and unknown ones last. */
  campaigns(query: CampaignQuery): Promise<CampaignRow[]>;
}
