/** How fast the behaviour network trains and answers, and what answering costs. Needs no data. */
import { servingRows } from './behaviour-serving.ts';
import { trainingRows } from './behaviour-speed.ts';
import type { BenchPart } from './row.ts';

export const benchSpeed: BenchPart = async (options) => [
  ...(await trainingRows(options)),
  ...(await servingRows(options)),
];
