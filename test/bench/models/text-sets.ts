/** The public data sets of labelled texts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import * as z from 'zod/mini';

export interface LabelledTexts {
  readonly texts: readonly string[];
  readonly labels: readonly string[];
  /** In the order of the answers. */
  readonly classes: readonly string[];
}

const read = (...path: string[]): string => gunzipSync(readFileSync(join(...path))).toString('utf8');

/** Sentences of film reviews; 6,920 to train on, 872 for development, 1,821 to test on. */
export function sst2(data: string, part: 'train' | 'dev' | 'test'): LabelledTexts {
  const rows = read(data, 'sst2', `${part}.tsv.gz`)
    .trim()
    .split('\n')
    .map((line) => line.split('\t'));
  const labels = rows.map(([, label]) => (label?.trim() === '1' ? 'positive' : 'negative'));
  return { texts: rows.map(([text = '']) => text), labels, classes: ['negative', 'positive'] };
}

const tweets = z.array(z.object({ airline_sentiment: z.string(), text: z.string() }));

/** 14,640 tweets to airlines. */
export function airlineTweets(data: string): LabelledTexts {
  const rows = tweets.parse(parse(read(data, 'airline_tweets', 'Tweets.csv.gz'), { columns: true }));
  return {
    texts: rows.map(({ text }) => text),
    labels: rows.map((row) => row.airline_sentiment),
    classes: ['negative', 'neutral', 'positive'],
  };
}

const reviews = z.array(z.object({ cat: z.string(), label: z.string(), review: z.string() }));

/** 44,931 Chinese reviews of seven kinds of goods, by what they are about and by whether they praise. */
export function chineseReviews(data: string): Record<'topic' | 'sentiment', LabelledTexts> {
  const file = read(data, 'online_shopping_7_cats_zh', 'online_shopping_7_cats.csv.gz');
  const rows = reviews.parse(parse(file, { columns: true, bom: true }));
  const texts = rows.map(({ review }) => review);
  const topics = rows.map(({ cat }) => cat);
  return {
    topic: { texts, labels: topics, classes: [...new Set(topics)].sort() },
    sentiment: {
      texts,
      labels: rows.map(({ label }) => (label === '1' ? 'positive' : 'negative')),
      classes: ['negative', 'positive'],
    },
  };
}
