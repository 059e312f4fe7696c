/** What a text is described by: n-grams, as strings for people and as buckets for models. */
import * as z from 'zod/mini';
import { negated, tokensOf } from './tokens.ts';

export const featurePlanSchema = z.object({
  /** Number of buckets, a power of 2: two terms in one bucket are one to the model. */
  buckets: z.int().check(z.refine((size) => size >= 2 && Number.isInteger(Math.log2(size)))),
  /** Longest n-gram of tokens: words, or single Chinese characters. */
  words: z.int(),
  /** Shortest and longest n-gram of letters within a word; 0 and 0: none. */
  letters: z.tuple([z.int(), z.int()]),
});
export type FeaturePlan = z.infer<typeof featurePlanSchema>;

export const featurePlan: FeaturePlan = { buckets: 2 ** 18, words: 3, letters: [2, 5] };

/** Counts of the terms of a text. Terms of words start with `w `, negated words with `n `, letters with `c `. */
export function termsOf(text: string, { words, letters }: FeaturePlan): Map<string, number> {
  const counts = new Map<string, number>();
  const add = (term: string): void => void counts.set(term, (counts.get(term) ?? 0) + 1);
  const tokens = tokensOf(text);
  const turned = negated(tokens);
  tokens.forEach((token, at) => {
    let gram = 'w';
    for (let n = 0; n < words && at + n < tokens.length; n++) add((gram += ` ${tokens[at + n]}`));
    if (turned[at]) add(`n ${token}`);
    if (/^\p{L}{2}/u.test(token)) lettersOf(token, letters, add);
  });
  return counts;
}

/** With marks for both ends of the word, so that a prefix is told from the same letters inside. */
function lettersOf(
  token: string,
  [shortest, longest]: FeaturePlan['letters'],
  add: (term: string) => void,
): void {
  const word = `_${token}_`;
  for (let n = Math.max(1, shortest); n <= longest; n++) {
    for (let from = 0; from + n <= word.length; from++) add(`c ${word.slice(from, from + n)}`);
  }
}

/**
 * FNV-1a over UTF-16 units, with the last step of MurmurHash3 so that low bits depend on all. Words go to the lower half
 * of the buckets and letters to the upper half, so that it can be told which is which.
 */
export function bucketOf(term: string, buckets: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < term.length; i++) hash = Math.imul(hash ^ term.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  const half = buckets / 2;
  return (((hash ^ (hash >>> 16)) >>> 0) & (half - 1)) + (term.startsWith('c ') ? half : 0);
}
