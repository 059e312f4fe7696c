/** The pseudonym of one identity: what every store but the vault knows of a user id or a device id. */
import { keyedHash } from '../ids.ts';

/** `user`: a user id, whoever vouched for it. `device`: an anonymous id. */
export type SubjectKind = 'user' | 'device';

const prefixes = { user: 'u_', device: 'd_' } as const;

/** `u_` or `d_` and 128 bits as hex; equal for equal ids of one tenant, and nothing without the secret. */
export const subjectOf = (secret: string, tenant: string, kind: SubjectKind, id: string): string =>
  prefixes[kind] + keyedHash([secret, 'subject', tenant, kind, id]).slice(0, 32);

const pattern = /^[ud]_[0-9a-f]{32}$/;
export const isSubject = (text: string): boolean => pattern.test(text);

/** Identities remembered of each tenant and kind; a hash takes ten times as long as a look into a map. */
const REMEMBERED = 20_000;

/** Subjects under one secret, remembered: the same people come again and again. */
export class Subjects {
  readonly #secret: string;
  readonly #known = new Map<string, { readonly [K in SubjectKind]: Map<string, string> }>();

  constructor(secret: string) {
    this.#secret = secret;
  }

  of(tenant: string, kind: SubjectKind, id: string): string {
    let kinds = this.#known.get(tenant);
    if (!kinds) this.#known.set(tenant, (kinds = { user: new Map(), device: new Map() }));
    const known = kinds[kind];
    let subject = known.get(id);
    if (subject === undefined) {
      // Starting afresh costs less than keeping the order of use.
      if (known.size >= REMEMBERED) known.clear();
      known.set(id, (subject = subjectOf(this.#secret, tenant, kind, id)));
    }
    return subject;
  }
}
