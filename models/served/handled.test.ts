import { expect, it } from 'vitest';
import { Catalogue } from '../neighbours/catalogue.ts';
import { Handled } from './handled.ts';
import type { Served } from './open.ts';

const catalogue = Catalogue.fit([['a', 'b']]);

/** A look at the registry in which a version of the classes serves, or none. */
const look = (version?: string): Served => ({
  behaviour: undefined,
  neighbours: version === undefined ? undefined : { version, catalogue },
  classes: undefined,
});

it('gives back who was handled since the look before, once other versions serve', () => {
  const handled = new Handled();
  const [none, same, first] = [look(), look(), look('v1')];
  expect(handled.note('t', none, ['a'])).toEqual([]);
  expect(handled.note('t', none, ['b'])).toEqual([]);
  // Looked again, nothing new: who came before is settled.
  expect(handled.note('t', same, ['c', 'd'])).toEqual([]);
  expect(handled.note('t', first, ['d', 'e'])).toEqual(['c']);
  expect(handled.note('t', first, ['c'])).toEqual([]);
  expect(handled.note('t', look('v2'), [])).toEqual(['d', 'e', 'c']);
  expect(handled.note('other', look('v2'), ['a'])).toEqual([]);
});

it('remembers the newest few thousand', () => {
  const handled = new Handled();
  const ids = Array.from({ length: 7000 }, (_, i) => `p${i}`);
  handled.note('t', look(), ids);
  expect(handled.note('t', look('v1'), [])).toEqual(ids.slice(2000));
});
