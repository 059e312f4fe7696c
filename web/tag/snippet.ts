/** The HTML that brings the tag into a page. */

export interface SnippetOptions {
  /** Scheme and host of the collector, without a trailing slash. */
  readonly origin: string;
  readonly writeKey: string;
  /** What the tag may keep in the browser: `none`, `ask`, `local` or `cookie`. @default 'local' */
  readonly storage?: 'none' | 'ask' | 'local' | 'cookie';
}

/** JSON that cannot end the script element it stands in. */
const literal = (text: string): string => JSON.stringify(text).replaceAll('<', '\\u003c');

/**
 * HTML for the head of each page: calls are kept in an array until the tag has loaded, which happens
 * beside the page and not in its way.
 */
export function snippet({ origin, writeKey, storage }: SnippetOptions): string {
  const rule = storage ? `\n  s.setAttribute('data-storage', ${literal(storage)});` : '';
  return `<script>
(function (w, d) {
  var q = (w.wellspring = w.wellspring || []);
  if (q.track) return;
  'track page identify group alias consent reset ready'.split(' ').forEach(function (m) {
    q[m] = function () { q.push([+new Date(), m, [].slice.call(arguments)]); };
  });
  var s = d.createElement('script');
  s.async = true;
  s.src = ${literal(`${origin}/tag.js`)};
  s.setAttribute('data-write-key', ${literal(writeKey)});${rule}
  d.head.appendChild(s);
  q.page();
})(window, document);
</script>`;
}
