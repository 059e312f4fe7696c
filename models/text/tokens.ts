/** Text to tokens, alike for English and Chinese: no dictionary, no language to be named. */

const URL_PATTERN = /(?:https?:\/\/|www\.)\S+/gu;
const MENTION_PATTERN = /(?<![\p{L}\p{N}])@[\p{L}\p{N}_]+/gu;
const NUMBER_PATTERN = /(?<![\p{L}\p{N}<])\p{N}+(?:[.,:]\p{N}+)*/gu;
const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  nbsp: ' ',
  '#39': "'",
};

/**
 * One form for what means the same: NFKC, lower case, straight apostrophes, HTML entities as characters, and marks for
 * addresses, user names and numbers. A letter three times or more becomes two, as in `sooo` and `soooooo`.
 */
export function normalise(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\u2018\u2019\u02bc]/gu, "'")
    .replace(/&(amp|lt|gt|quot|nbsp|#39);/gu, (_, name: string) => ENTITIES[name] ?? ' ')
    .replace(URL_PATTERN, ' \u27e8url\u27e9 ')
    .replace(MENTION_PATTERN, ' \u27e8user\u27e9 ')
    .replace(NUMBER_PATTERN, (number) => ` \u27e8${'0'.repeat(Math.min(number.length, 4))}\u27e9 `)
    .replace(/(\p{L})\1{2,}/gu, '$1$1');
}

/** Scripts that are written without spaces: each character is a token. */
const SINGLE = '[\\p{Script=Han}\\p{Script=Hiragana}\\p{Script=Katakana}]';
const TOKEN = new RegExp(
  [
    '\u27e8[a-z0]+\u27e9',
    SINGLE,
    '[:;=]-?[()dp/\\\\|]',
    '<3',
    `(?:(?!${SINGLE})[\\p{L}\\p{M}\\p{N}])+(?:'(?:(?!${SINGLE})\\p{L})+)?`,
    "'\\p{L}+",
    '!+|\\?+|[!?]+|\\.{2,}',
    '\\p{Extended_Pictographic}',
    '[^\\s\\p{L}\\p{M}\\p{N}]',
  ].join('|'),
  'gu',
);

/** Words, single Chinese characters, marks, emoticons and punctuation, in order. */
export const tokensOf = (text: string): string[] => normalise(text).match(TOKEN) ?? [];

const NEGATION = /^(?:not|no|never|cannot|nothing|nobody|nor|without|hardly|barely|.*n't)$/u;
const END_OF_SCOPE = /^(?:[.,;:!?()]+|but|and|however|although|though)$/u;
const SCOPE = 4;

/** For each token, whether an English negation shortly before turns it. */
export function negated(tokens: readonly string[]): boolean[] {
  let left = 0;
  return tokens.map((token) => {
    if (NEGATION.test(token)) {
      left = SCOPE;
      return false;
    }
    if (END_OF_SCOPE.test(token)) left = 0;
    return left-- > 0;
  });
}
