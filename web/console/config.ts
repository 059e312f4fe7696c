/** How people log in here, and whether there is a shop: one file beside the page, which the host or the deploy writes. */
import { queryOptions, useQuery } from '@tanstack/react-query';

export type Config =
  | { readonly login: 'link'; readonly shop: boolean }
  | {
      readonly login: 'oidc';
      readonly shop: boolean;
      /** Of the login's own pages, without a trailing slash. */
      readonly authority: string;
      readonly clientId: string;
    };

const options = queryOptions({
  queryKey: ['config'],
  queryFn: async (): Promise<Config> => (await fetch('/config.json')).json(),
  staleTime: Number.POSITIVE_INFINITY,
});

/** undefined until it is known. */
export const useConfig = (): Config | undefined => useQuery(options).data;
