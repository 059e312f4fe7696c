import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describe, matrixOf } from './features.ts';
import { featurePlan, termsOf } from './terms.ts';
import { negated, tokensOf } from './tokens.ts';

const piece = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom(
    "don't",
    'not',
    'but',
    '@user',
    'https://a.b/c',
    '很好',
    '质量差',
    '12.50',
    ':)',
    '&amp;',
    'ｗｏｗ',
  ),
);
const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(' '));

test('letter case, width and spaces do not matter', () => {
  const latin = fc.stringMatching(/^[a-z0-9 .,!?]{0,40}$/u);
  fc.assert(
    fc.property(latin, (plain) => {
      const wide = plain.replace(/[!-~]/gu, (c) => String.fromCharCode(c.charCodeAt(0) + 0xfee0));
      expect(tokensOf(wide)).toEqual(tokensOf(plain));
      expect(tokensOf(plain.toUpperCase())).toEqual(tokensOf(plain));
      expect(tokensOf(`  ${plain.replaceAll(' ', ' \n ')}`)).toEqual(tokensOf(plain));
    }),
  );
});

test('any text has tokens without spaces, a mark for each, and weights of length 1 or none', () => {
  fc.assert(
    fc.property(text, (any) => {
      const tokens = tokensOf(any);
      expect(tokens.every((token) => token !== '' && !/\s/u.test(token))).toBe(true);
      expect(negated(tokens)).toHaveLength(tokens.length);
      const { buckets, weights } = describe(any, featurePlan);
      const length = weights.reduce((sum, weight) => sum + weight * weight, 0);
      expect(length).toBeCloseTo(tokens.length > 0 ? 1 : 0, 4);
      expect(buckets.every((bucket) => bucket >= 0 && bucket < featurePlan.buckets)).toBe(true);
    }),
  );
});

test('words lie in the lower half of the buckets, letters in the upper half', () => {
  fc.assert(
    fc.property(text, (any) => {
      const wordsOnly = { ...featurePlan, letters: [0, 0] as [number, number] };
      const lower = describe(any, featurePlan).buckets.filter((bucket) => bucket < featurePlan.buckets / 2);
      expect([...lower]).toEqual([...describe(any, wordsOnly).buckets]);
      expect([...termsOf(any, wordsOnly).keys()].every((term) => !term.startsWith('c '))).toBe(true);
    }),
  );
});

test('rows of a matrix are what each text says alone', () => {
  fc.assert(
    fc.property(fc.array(text, { maxLength: 5 }), (texts) => {
      const { starts, indices, values } = matrixOf(texts, featurePlan);
      texts.forEach((one, row) => {
        const { buckets, weights } = describe(one, featurePlan);
        expect(indices.slice(starts[row], starts[row + 1])).toEqual(buckets);
        expect(values.slice(starts[row], starts[row + 1])).toEqual(weights);
      });
    }),
  );
});
