/** Whom to score again: those who were handled just before word came that other versions serve. */
import type { Served } from './open.ts';

/** Beyond this many the oldest wait for their next change, or for the sweep after the promotion. */
const REMEMBERED = 5000;

const versionsOf = ({ behaviour, neighbours, classes }: Served): string =>
  [behaviour, neighbours, classes].map((one) => one?.version ?? '').join(' ');

/** A look at the registry holds for some seconds, in which profiles may be scored by versions that serve no more. */
export class Handled {
  readonly #byTenant = new Map<string, { readonly served: Served; readonly ids: Set<string> }>();

  /** Remembers `ids`, and returns others to score again. `served`: the look by which they are scored. */
  note(tenant: string, served: Served, ids: Iterable<string>): string[] {
    const known = this.#byTenant.get(tenant);
    if (known?.served === served) {
      remember(known.ids, ids);
      return [];
    }
    const fresh = new Set<string>();
    remember(fresh, ids);
    this.#byTenant.set(tenant, { served, ids: fresh });
    if (!known || versionsOf(known.served) === versionsOf(served)) return [];
    const again = [...known.ids].filter((id) => !fresh.has(id));
    remember(fresh, again);
    return again;
  }
}

function remember(known: Set<string>, ids: Iterable<string>): void {
  for (const id of ids) {
    known.delete(id);
    known.add(id);
  }
  for (const id of known) {
    if (known.size <= REMEMBERED) return;
    known.delete(id);
  }
}
