/** `npm run bench -- api`: how long the API takes while events stream in. */
import type { Figure } from '../report.ts';
import { recommendationFigures } from './recommendations.ts';
import { segmentFigures } from './segments.ts';

export const benchApi = async ({
  quick,
  say,
}: {
  readonly quick: boolean;
  readonly say: (line: string) => void;
}): Promise<Figure[]> => [
  ...(await segmentFigures(quick, say)),
  ...(await recommendationFigures(quick ? 10 : 30, say)),
];
