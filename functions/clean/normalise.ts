/** Step: one way of writing for addresses, codes and amounts, and only the context that means something. */
import type { Refusal } from '../../domain/outcome.ts';
import type { JsonObject } from '../../events/json.ts';
import { mendCurrency } from './currency.ts';
import type { CleanContext, Draft } from './draft.ts';
import { keepContext } from './kept-context.ts';
import { normaliseCountry } from './locale.ts';
import { cleanSearch, cleanUrl } from './url.ts';

/** Properties that repeat the address of a page. Others, such as pictures, are the shop's own business. */
const addresses = ['url', 'referrer', 'href', 'page_url', 'page_location', 'page_referrer', '$current_url'];

function mendAddresses(object: JsonObject): void {
  for (const name of addresses) {
    const value = object[name];
    if (typeof value === 'string') object[name] = cleanUrl(value).url;
  }
  const { search } = object;
  // A page's query begins with a question mark; a property of the same name may be what a visitor looked for.
  if (typeof search === 'string' && search.startsWith('?')) object['search'] = cleanSearch(search);
}

export function normalise(draft: Draft, { rules }: CleanContext): Refusal | undefined {
  draft.context = draft.refused ? {} : keepContext(draft);
  mendAddresses(draft.properties);
  mendCurrency(draft, rules);
  const country = draft.traits['country'];
  if (typeof country === 'string') draft.traits['country'] = normaliseCountry(country) ?? country;
  return undefined;
}
