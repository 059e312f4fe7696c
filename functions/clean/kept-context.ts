/**
 * What is kept of an event's context. Everything else that clients send there is dropped.
 *
 *   page      {url, path, search?, title?, referrer?}   without secrets, campaign parameters and fragment
 *   referrer  {host, url?}                              only when another site
 *   campaign  {name?, source?, medium?, term?, content?, clickId?, clickNetwork?}
 *   device    {type, os?, browser?}                     reduced user agent
 *   library, app, os {name?, version?}; screen {width?, height?}
 *   locale, timezone, country, channel, sessionId, ip   texts; the ip names a network
 */
import { truncateAddress } from '../../domain/address.ts';
import type { Json, JsonObject } from '../../events/json.ts';
import { campaignOf } from './campaign.ts';
import { withoutContacts } from './contacts.ts';
import type { Draft } from './draft.ts';
import { normaliseCountry, normaliseLocale, normaliseZone } from './locale.ts';
import { objectOf, textOf, texts } from './text.ts';
import { cleanUrl } from './url.ts';
import { deviceOf } from './user-agent.ts';

const named = ['name', 'version'];
const TEXT = 256;
const URL_TEXT = 1024;

function pageOf(draft: Draft): {
  page: JsonObject | undefined;
  campaign: JsonObject | undefined;
  host?: string;
} {
  const context = objectOf(draft.context['page']);
  const own = draft.type === 'page' ? draft.properties : undefined;
  const address = textOf(context?.['url'] ?? own?.['url'], 2 * URL_TEXT);
  const url = address === undefined ? undefined : cleanUrl(address);
  const campaign = campaignOf(draft.context['campaign'], url);
  const stated = url === undefined ? textOf(context?.['path'] ?? own?.['path'], URL_TEXT) : undefined;
  const path = url?.path ?? (stated === undefined ? undefined : cleanUrl(stated).path);
  const referrer = textOf(context?.['referrer'] ?? own?.['referrer'], 2 * URL_TEXT);
  const title = textOf(context?.['title'] ?? own?.['title'], TEXT);
  if (url === undefined && path === undefined && title === undefined && referrer === undefined) {
    return { page: undefined, campaign };
  }
  const page: JsonObject = {};
  if (url !== undefined) page['url'] = url.url.slice(0, URL_TEXT);
  if (path !== undefined) page['path'] = path.slice(0, URL_TEXT);
  if (url !== undefined && url.search !== '') page['search'] = url.search.slice(0, URL_TEXT);
  if (title !== undefined) page['title'] = withoutContacts(title);
  if (referrer !== undefined) page['referrer'] = cleanUrl(referrer).url.slice(0, URL_TEXT);
  return url?.host === undefined ? { page, campaign } : { page, campaign, host: url.host };
}

function referrerOf(
  draft: Draft,
  page: JsonObject | undefined,
  host: string | undefined,
): JsonObject | undefined {
  const given = objectOf(draft.context['referrer']);
  const address = page?.['referrer'] ?? given?.['url'] ?? draft.context['referrer'];
  if (typeof address !== 'string' || address === '') return undefined;
  const referrer = cleanUrl(address);
  return referrer.host === undefined || referrer.host === host ? undefined : { host: referrer.host };
}

function screenOf(value: Json | undefined): JsonObject | undefined {
  const { width, height } = objectOf(value) ?? {};
  return typeof width === 'number' && typeof height === 'number' ? { width, height } : undefined;
}

const mapped = <T>(text: string | undefined, map: (text: string) => T | undefined): T | undefined =>
  text === undefined ? undefined : map(text);

/** Builds the kept context; the order of keys is always the same. */
export function keepContext(draft: Draft): JsonObject {
  const { context, envelope } = draft;
  const { page, campaign, host } = pageOf(draft);
  const userAgent = textOf(context['userAgent'], 512) ?? browserAgent(draft);
  const location = objectOf(context['location']);
  const ip = textOf(context['ip'], 64);
  const kept: JsonObject = {};
  const put = (name: string, value: Json | undefined): void => {
    if (value !== undefined) kept[name] = value;
  };
  put('page', page);
  put('referrer', referrerOf(draft, page, host));
  put('campaign', campaign);
  put('device', mapped(userAgent, deviceOf));
  put('library', texts(objectOf(context['library']), named, 64));
  put('app', texts(objectOf(context['app']), named, 64));
  put('os', texts(objectOf(context['os']), named, 64));
  put('screen', screenOf(context['screen']));
  put('locale', mapped(textOf(context['locale'], 64), normaliseLocale));
  put('timezone', mapped(textOf(context['timezone'], 64), normaliseZone));
  put('country', mapped(textOf(context['country'] ?? location?.['country'], 64), normaliseCountry));
  put('channel', textOf(draft.document['channel'] ?? context['channel'], 32));
  put('sessionId', textOf(context['sessionId'], 64));
  put('ip', ip === undefined ? envelope.ip : truncateAddress(ip));
  return kept;
}

/** The request's own agent says something of the person only when a browser sent it. */
const browserAgent = ({ envelope }: Draft): string | undefined =>
  envelope.trust === 'public' && envelope.replay !== true ? envelope.userAgent : undefined;
