/** What a page tells the tag: by attributes of the script element, or by `wellspring.load(writeKey, options)`. */

/** Where the tag may keep things in the browser, from the strictest rule on. */
const rules = [
  /** Nowhere: ids and unsent events live as long as the page. */
  'none',
  /** Nowhere until `consent` says something about analytics, then as `local`. */
  'ask',
  /** localStorage, unless analytics is refused. No cookie. */
  'local',
  /** As `local`, and the anonymous id in a first-party cookie too, for sub-domains and servers. */
  'cookie',
];

export interface LoadOptions {
  /** Scheme and host of the collector; by default where the script came from. */
  readonly origin?: string | undefined;
  /** One of the rules above; by default `local`. What is none of them counts as `none`. */
  readonly storage?: string | undefined;
  /** Domain of the cookie, such as `shop.example`; by default the page's host alone. */
  readonly cookieDomain?: string | undefined;
}

export interface Config {
  readonly writeKey: string;
  /** Where batches are posted. */
  readonly url: string;
  /** Anything may be kept at all. */
  readonly stores: boolean;
  /** Only once the visitor has answered. */
  readonly asks: boolean;
  /** Attributes of the cookie, when there may be one. */
  readonly cookie: string | false;
}

export function configure(writeKey: string, options: LoadOptions, script: string): Config {
  const rule = rules.indexOf(options.storage ?? 'local');
  const domain = options.cookieDomain;
  return {
    writeKey,
    url: new URL('/v1/batch', options.origin || new URL(script, location.href)).href,
    stores: rule > 0,
    asks: rule === 1,
    cookie:
      rule > 2 &&
      `;path=/;samesite=lax${location.protocol > 'http:' ? ';secure' : ''}${domain ? `;domain=${domain}` : ''}`,
  };
}
