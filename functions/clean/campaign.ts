/** Where a visit came from: the campaign named by the client or by the address of the page. */
import { isObject, type Json, type JsonObject } from '../../events/json.ts';
import { withoutContacts } from './contacts.ts';
import { texts } from './text.ts';
import { type CleanUrl, campaignFields } from './url.ts';

/** `{name?, source?, medium?, term?, content?, clickId?, clickNetwork?}`; what the client says wins. */
export function campaignOf(given: Json | undefined, page: CleanUrl | undefined): JsonObject | undefined {
  const stated = isObject(given) ? texts(given, campaignFields, 256) : undefined;
  for (const name in stated) stated[name] = withoutContacts(String(stated[name]));
  if (page?.campaign === undefined) return stated;
  return stated === undefined ? page.campaign : { ...page.campaign, ...stated };
}
