/**
 * Wellspring's web tag: Segment's calls, sent to your own collector. Documented in docs/tag.md.
 *
 * What it keeps in the browser, and why:
 * - By default (`storage: 'local'`) one entry with the anonymous id, the user and the consent, and one entry per
 *   unsent event, all in localStorage and none in a cookie. An id that dies with the page would count each page
 *   as a new visitor, and unsent events would be lost; a cookie would also travel with every request.
 * - Nothing of this is kept after `consent({ analytics: false })`, except the refusal itself and the one message
 *   that reports it: without them the next page would track again.
 * - Where the law wants agreement first, `ask` keeps nothing until there is an answer, and `none` never does.
 * - Global Privacy Control is passed along and does not stop first-party analytics; the server blocks ads for it.
 */
import { type Call, makeCalls } from './calls.ts';
import { configure, type LoadOptions } from './config.ts';
import { openPerson } from './person.ts';
import { openQueue } from './queue.ts';

/** A call made before the tag was ready: time, name, arguments. */
type Early = readonly [at: number, name: string, args: readonly unknown[]];
type Name = 'track' | 'page' | 'identify' | 'group' | 'alias' | 'consent' | 'reset' | 'ready';

/** The array that the snippet made becomes the interface: who holds it keeps holding the right thing. */
type Api = Early[] & { [N in Name | 'load' | 'user']?: unknown };

declare global {
  interface Window {
    wellspring?: Api;
  }
}

const isFunction = (value: unknown): value is () => void => typeof value === 'function';

const api = (window.wellspring ??= []);
const script = document.currentScript;

function load(writeKey: string | undefined, options?: LoadOptions): void {
  if (api.user || !writeKey) return;
  const config = configure(writeKey, { ...script?.dataset, ...options }, script?.getAttribute('src') ?? '');
  const key = `wellspring.${writeKey}`;
  const people = openPerson(config, key);
  const queue = openQueue({
    ...config,
    prefix: `${key}.`,
    keeps: people.keeps,
    lost(events) {
      const person = people.read();
      people.write({ ...person, dropped: (person.dropped ?? 0) + events });
    },
  });
  const calls: Readonly<Record<string, Call>> = { ...makeCalls(people, queue), ready() {} };

  /** Makes one call. Functions among the arguments run afterwards; nothing it does can break the page. */
  const perform = (at: number, name: string, args: readonly unknown[]): void => {
    try {
      calls[name]?.(at, ...args.filter((value) => !isFunction(value)));
    } catch (error) {
      console.warn(error);
    }
    for (const callback of args.filter(isFunction)) setTimeout(callback);
  };

  for (const name in calls) {
    Object.assign(api, { [name]: (...args: unknown[]): void => perform(Date.now(), name, args) });
  }
  api.user = () => {
    const { anonymousId, userId, traits } = people.read();
    return { anonymousId: () => anonymousId, id: () => userId, traits: () => traits ?? {} };
  };
  for (const early of api.splice(0)) perform(...early);
}

api.load ??= load;
load(script?.dataset['writeKey']);
