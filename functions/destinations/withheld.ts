/** Of whom no destination is told. */
import { refuses } from '../../domain/consent/record.ts';
import type { Table } from '../../domain/ports.ts';
import type { Profile } from '../../domain/profile/item.ts';
import { SuppressionList } from '../../domain/vault/suppression.ts';
import type { Job } from '../../domain/webhook/destination.ts';

interface WithheldServices {
  readonly tables: { readonly suppression: Table };
}

export class Withheld {
  readonly #list: SuppressionList;

  constructor({ tables }: WithheldServices) {
    this.#list = new SuppressionList(tables.suppression);
  }

  /** Catches up with every change of a tenant's suppression list made before. */
  async refresh(tenant: string): Promise<void> {
    await this.#list.refresh([tenant]);
  }

  /**
   * Nothing is said of who was erased or is on the suppression list, but that they were erased. Of who refused profiling no
   * word goes out but that they left: the receiver is to stop.
   */
  is({ change }: Job, profile: Profile): boolean {
    if (change.kind === 'erased') return false;
    const { version, meta, state } = profile;
    if (version === 0 || meta.erased || meta.into !== undefined || this.#isSuppressed(profile)) return true;
    return change.kind === 'entered' && refuses(state.consent, 'profiling');
  }

  #isSuppressed({ tenant, state }: Profile): boolean {
    return [...state.userIds, ...state.anonymousIds].some((subject) => this.#list.has(tenant, subject));
  }
}
