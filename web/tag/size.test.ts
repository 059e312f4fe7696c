import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { buildTag } from './build.ts';

const LIMIT = 3_000;

test(`the tag has less than ${LIMIT} bytes gzipped`, async () => {
  const text = await buildTag();
  const size = gzipSync(text, { level: 9 }).length;
  console.log(`tag: ${text.length} bytes, ${size} gzipped`);
  expect(size).toBeLessThan(LIMIT);
});
