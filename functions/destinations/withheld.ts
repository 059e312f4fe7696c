/** Of whom no destination is told. */
import { refuses } from '../../domain/consent/record.ts';
import type { Table } from '../../domain/ports.ts';
import type { Profile } from '../../domain/profile/item.ts';
import { isSubject, type SubjectKind, Subjects } from '../../domain/vault/subject.ts';
import { SuppressionList } from '../../domain/vault/suppression.ts';
import type { Job } from '../../domain/webhook/destination.ts';

interface WithheldServices {
  readonly secret: string;
  readonly tables: { readonly suppression: Table };
}

export class Withheld {
  readonly #list: SuppressionList;
  readonly #subjects: Subjects;

  constructor({ secret, tables }: WithheldServices) {
    this.#list = new SuppressionList(tables.suppression);
    this.#subjects = new Subjects(secret);
  }

  /** Catches up with every change of a tenant's suppression list made before. */
  refresh(tenant: string): Promise<void> {
    return this.#list.refresh([tenant]);
  }

  /**
   * Nothing is said of who was erased or is on the suppression list. Of who refused profiling no word goes out but that they
   * left: the receiver is to stop.
   */
  is({ change }: Job, profile: Profile): boolean {
    const { version, meta, state } = profile;
    if (version === 0 || meta.erased || meta.into !== undefined || this.#isSuppressed(profile)) return true;
    return change.kind === 'entered' && refuses(state.consent, 'profiling');
  }

  #isSuppressed({ tenant, state }: Profile): boolean {
    const has = (kind: SubjectKind, id: string): boolean =>
      this.#list.has(tenant, isSubject(id) ? id : this.#subjects.of(tenant, kind, id));
    return (
      [...state.userIds].some((id) => has('user', id)) ||
      [...state.anonymousIds].some((id) => has('device', id))
    );
  }
}
