/** The console's one client, and questions as hooks. */
import { type UseQueryOptions, useQuery } from '@tanstack/react-query';
import { makeClient } from '../api/client.ts';
import { accessToken } from './session.ts';

export const api = makeClient(accessToken);

type Call = typeof api.call;

/** Asks once the page shows, keeps the answer, and asks again every `refetchInterval` ms where given. */
export function useAsk<Reply>(
  key: readonly unknown[],
  ask: (call: Call, signal: AbortSignal) => Promise<Reply>,
  options: Pick<UseQueryOptions<Reply>, 'refetchInterval' | 'enabled' | 'staleTime'> = {},
) {
  return useQuery<Reply>({ queryKey: key, queryFn: ({ signal }) => ask(api.call, signal), ...options });
}
