/** `npm run bench -- api`: how long the API takes while events stream in, and the console in a real browser. */
import { inOwnProcess } from '../part.ts';
import type { Figure } from '../report.ts';
import { consoleFigures } from './console.ts';
import { segmentFigures } from './segments.ts';

interface Options {
  readonly quick: boolean;
  readonly say: (line: string) => void;
  /** Parts to run. @default all */
  readonly only?: readonly string[];
}

type Part = (options: Options) => Promise<Figure[]>;

const parts: Readonly<Record<string, Part>> = {
  profiles: ({ quick }) => segmentFigures({ quick, seconds: quick ? 5 : 15 }),
  recommendations: ({ quick }) => inOwnProcess('recommendations', quick ? 5 : 15),
  console: ({ quick, say }) => consoleFigures(quick ? 5 : 40, say),
};

export async function benchApi(options: Options): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, part] of Object.entries(parts))
    if (!options.only || options.only.includes(name)) figures.push(...(await part(options)));
  return figures;
}
