/** What the system recommends to this visitor here, as products of the shop. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { RecommendationReason } from '../../events/recommendations.ts';
import { type Product, productOf } from './catalogue.ts';
import { useShop } from './shop.tsx';
import { anonymousId } from './tag.ts';

export interface Recommended {
  readonly product: Product;
  readonly because: RecommendationReason;
}

export interface Wanted {
  /** What is looked at here, the newest last; goes after what was looked at before. */
  readonly items?: readonly string[];
  readonly limit: number;
}

/** Undefined while the answer is on its way; empty where there is none. */
export function useRecommended({ items = [], limit }: Wanted): readonly Recommended[] | undefined {
  const { client, config, ready, state } = useShop();
  const { userId, cart, viewed } = state;
  const seen = [...viewed.filter((item) => !items.includes(item)), ...items].slice(-10);
  const inCart = cart.map(({ item }) => item);
  const { data, isError } = useQuery({
    queryKey: [userId, seen, inCart, limit],
    enabled: ready && config !== undefined,
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }) => {
      const device = anonymousId();
      const token = config?.people.find((person) => person.userId === userId)?.userToken;
      const body = {
        items: seen,
        exclude: inCart,
        limit,
        ...(device === undefined ? {} : { anonymousId: device }),
        ...(userId === undefined || token === undefined ? {} : { userId, userToken: token }),
      };
      return (await client.call('POST /api/recommendations', { body }, signal)).items;
    },
  });
  if (isError || (ready && !config)) return [];
  return data?.flatMap(({ item, because }) => {
    const product = productOf(item);
    return product ? [{ product, because }] : [];
  });
}
