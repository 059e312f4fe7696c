/** What this browser remembers of a visit to the shop, and how it changes. */
import * as z from 'zod/mini';

const stateSchema = z.object({
  cart: z.array(z.object({ item: z.string(), quantity: z.int().check(z.minimum(1)) })),
  /** Items looked at, the newest last, each once. */
  viewed: z.array(z.string()),
  userId: z.optional(z.string()),
});
export type State = z.output<typeof stateSchema>;
export type Line = State['cart'][number];

export type Change =
  | { readonly kind: 'viewed' | 'removed'; readonly item: string }
  | { readonly kind: 'added'; readonly item: string; readonly quantity: number }
  | { readonly kind: 'ordered' }
  | { readonly kind: 'became'; readonly userId: string | undefined };

/** Items that are remembered. */
const VIEWED = 20;

export const nothing: State = { cart: [], viewed: [] };

export function change(state: State, what: Change): State {
  switch (what.kind) {
    case 'viewed':
      return {
        ...state,
        viewed: [...state.viewed.filter((item) => item !== what.item), what.item].slice(-VIEWED),
      };
    case 'added': {
      const known = state.cart.find(({ item }) => item === what.item);
      const quantity = (known?.quantity ?? 0) + what.quantity;
      const line = { item: what.item, quantity };
      return {
        ...state,
        cart: known ? state.cart.map((one) => (one === known ? line : one)) : [...state.cart, line],
      };
    }
    case 'removed':
      return { ...state, cart: state.cart.filter(({ item }) => item !== what.item) };
    case 'ordered':
      return { ...state, cart: [] };
    case 'became':
      // Somebody else: what was looked at before is not theirs.
      return { cart: state.cart, viewed: [], ...(what.userId === undefined ? {} : { userId: what.userId }) };
  }
}

/** What was kept, or nothing where it cannot be read. */
export function restore(text: string | null): State {
  try {
    return stateSchema.parse(JSON.parse(text ?? ''));
  } catch {
    return nothing;
  }
}
