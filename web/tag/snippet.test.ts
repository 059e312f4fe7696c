import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { type SnippetOptions, snippet } from './snippet.ts';

/** Runs the snippet in a page of which only what it touches exists. */
function run(options: SnippetOptions, times = 1) {
  const scripts: Record<string, unknown>[] = [];
  const page: { wellspring?: [number, string, unknown[]][] & Record<string, (...args: unknown[]) => void> } =
    {};
  const document = {
    createElement: () => ({
      setAttribute(this: Record<string, unknown>, name: string, value: string) {
        this[name] = value;
      },
    }),
    head: { appendChild: (script: Record<string, unknown>) => scripts.push(script) },
  };
  const code = snippet(options).replace(/<\/?script>/g, '');
  for (let n = 0; n < times; n++) runInNewContext(code, { window: page, document });
  return { scripts, api: page.wellspring };
}

test('calls are kept in order with their time, beginning with the page', () => {
  const { api } = run({ origin: 'https://in.example', writeKey: 'key' });
  api?.['track']?.('Early', { n: 1 });
  const kept: unknown = JSON.parse(JSON.stringify(api));
  expect(kept).toEqual([
    [expect.any(Number), 'page', []],
    [expect.any(Number), 'track', ['Early', { n: 1 }]],
  ]);
});

test('pasted twice it loads the tag once', () => {
  const { scripts } = run({ origin: 'https://in.example', writeKey: 'key', storage: 'ask' }, 2);
  expect(scripts).toMatchObject([
    { async: true, src: 'https://in.example/tag.js', 'data-write-key': 'key', 'data-storage': 'ask' },
  ]);
});

test('nothing in its options can end the script element', () => {
  const html = snippet({ origin: 'https://in.example', writeKey: '</script><script>alert(1)' });
  expect(html.match(/<\/script>/g)).toHaveLength(1);
});
