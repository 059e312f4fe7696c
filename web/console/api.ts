/** The console's one client, and questions as hooks. */
import { keepPreviousData, type UseQueryOptions, useQuery } from '@tanstack/react-query';
import { makeClient } from '../api/client.ts';
import { accessToken, apiBase, keepToken } from './session.ts';

/** A session that has ended leads back to the login. */
export const api = makeClient({
  token: accessToken,
  origin: apiBase,
  onRefused: ({ status }) => {
    if (status === 401) keepToken(undefined);
  },
});
export type Ask = typeof api.call;

type Options<Reply> = Pick<UseQueryOptions<Reply>, 'refetchInterval' | 'enabled' | 'staleTime' | 'retry'>;

/** Asks once the page shows, keeps the last answer while asking anew, and asks every `refetchInterval` ms where given. */
export function useAsk<Reply>(
  key: readonly unknown[],
  ask: (call: Ask, signal: AbortSignal) => Promise<Reply>,
  options: Options<Reply> = {},
) {
  return useQuery<Reply>({
    queryKey: key,
    queryFn: ({ signal }) => ask(api.call, signal),
    placeholderData: keepPreviousData,
    ...options,
  });
}
