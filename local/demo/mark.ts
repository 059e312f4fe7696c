/** What the demo has done in a data folder, so that a start that was interrupted goes on and does not begin again. */
import { readFileSync, writeFileSync } from 'node:fs';
import * as z from 'zod/mini';
import { files } from '../files.ts';

const markSchema = z.object({
  /** When the past ends, ms. */
  until: z.int(),
  /** Whether all of it was brought in. */
  brought: z.boolean(),
});
export type Mark = z.infer<typeof markSchema>;

/** The mark of the folder, or a first one. `now`: ms. @throws when the file holds something else. */
export function readMark(data: string, now: number): Mark {
  let text: string;
  try {
    text = readFileSync(files.demo(data), 'utf8');
  } catch {
    return writeMark(data, { until: now, brought: false });
  }
  return markSchema.parse(JSON.parse(text));
}

export function writeMark(data: string, mark: Mark): Mark {
  writeFileSync(files.demo(data), JSON.stringify(mark));
  return mark;
}
