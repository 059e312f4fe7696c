/** Our tag in the page: calls may be made at once, they wait until it has loaded. */

type Name = 'track' | 'page' | 'identify' | 'reset';

export function call(name: Name, ...given: readonly unknown[]): void {
  const tag = (window.wellspring ??= []);
  const method = tag[name];
  if (typeof method === 'function') method(...given);
  else tag.push([Date.now(), name, given]);
}

/** Loads the tag; resolves when it is there, or will not come. */
export function openTag(writeKey: string): Promise<void> {
  return new Promise((resolve) => {
    const script = document.createElement('script');
    script.async = true;
    script.src = '/tag.js';
    script.dataset['writeKey'] = writeKey;
    script.addEventListener('load', () => resolve());
    script.addEventListener('error', () => resolve());
    document.head.append(script);
  });
}

/** The id of this device, once the tag has loaded and the visitor lets it keep one. */
export function anonymousId(): string | undefined {
  const user = window.wellspring?.user;
  const known: unknown = typeof user === 'function' ? user() : undefined;
  if (typeof known !== 'object' || known === null || !('anonymousId' in known)) return undefined;
  const id: unknown = typeof known.anonymousId === 'function' ? known.anonymousId() : undefined;
  return typeof id === 'string' ? id : undefined;
}
