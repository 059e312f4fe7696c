/**
 * A profile whose greater part stays bytes until it is needed, and may become bytes again. Decoded, a small profile is a
 * dozen collections: whoever holds a thousand of them makes the garbage collector carry them about.
 */
import { unpack } from '../../events/packed.ts';
import type { Item } from '../ports.ts';
import { decodeState } from './codec.ts';
import { encodeProfile, freshMeta, type Meta, type Profile, readMeta } from './item.ts';
import { Recent } from './recent.ts';
import { emptyState, type ProfileState } from './state.ts';

export class HeldProfile implements Profile {
  readonly tenant: string;
  readonly id: string;
  version: number;
  meta: Meta;
  sides: Recent[] = [];
  /** What the item holds; undefined when there is none. */
  #data: Uint8Array | undefined;
  #state: ProfileState | undefined;
  #recent: Recent | undefined;

  /** @throws when the item was not written by {@link encodeProfile}. */
  constructor(tenant: string, id: string, item: Item | undefined) {
    this.tenant = tenant;
    this.id = id;
    this.version = item?.version ?? 0;
    this.#data = item?.data;
    this.meta = item ? readMeta(item.data) : freshMeta();
  }

  get state(): ProfileState {
    const bytes = this.#state ? undefined : this.#part(0);
    return (this.#state ??= bytes ? decodeState(bytes) : emptyState());
  }

  set state(state: ProfileState) {
    this.#state = state;
  }

  get recent(): Recent {
    const bytes = this.#recent ? undefined : this.#part(1);
    return (this.#recent ??= bytes ? Recent.decode(bytes) : Recent.empty());
  }

  set recent(recent: Recent) {
    this.#recent = recent;
  }

  /** The profile's bytes. `rests`: nobody will look at it soon, so that is all that is kept. */
  encode(rests: boolean): Uint8Array {
    const data = encodeProfile(this);
    if (rests) {
      this.#data = data;
      this.#state = undefined;
      this.#recent = undefined;
    }
    return data;
  }

  #part(index: number): Uint8Array | undefined {
    return this.#data && unpack(this.#data).parts[index];
  }
}
