/** What the steps of an erasure are given, and what they answer. */
import type { Objects } from '../../domain/ports.ts';
import type { Known } from '../../domain/privacy/person.ts';
import type { Counts, Held, PrivacyRequest } from '../../domain/privacy/request.ts';
import type { Services } from '../services.ts';
import type { RecordCoding } from './refused.ts';

/** How long streams keep what came in. */
export interface Retention {
  /** When nothing that arrived before `at` will be left, both ms. */
  until(at: number): number;
  /** Whether nothing that arrived before `at` is left. */
  isOver(at: number): boolean;
}

/** Where the records lie that consumers gave up on. */
export interface Failures {
  readonly objects: Objects;
  readonly prefix: string;
  readonly coding: RecordCoding;
}

export type ForgetServices = Services<'forget'> & {
  readonly failures: Failures;
  readonly retention: Retention;
  /** Overwrites what deleted items left on the disk, where the host is the one to do that. */
  readonly scrub?: () => Promise<Counts>;
};

/** An erasure as a step sees it. */
export interface Work {
  readonly services: ForgetServices;
  readonly request: PrivacyRequest;
  readonly known: Known;
  /** Whether to stop here and go on in the next run. */
  readonly isOver: () => boolean;
}

/** What a step leaves behind. */
export interface Done {
  readonly counts: Counts;
  /** Stops here; the next run goes on at `place`, or looks again whether it is time. */
  readonly unfinished?: { readonly place?: string };
  /** What is known now and was not before. */
  readonly known?: Known;
  readonly subjects?: readonly string[];
  readonly models?: readonly Held[];
}

/** `undefined`: there is nothing that this step would have to do on this host. */
export type Run = (work: Work, place: string | undefined) => Promise<Done | undefined>;
