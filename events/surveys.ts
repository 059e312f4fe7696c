/** Properties of an answer to a survey. One event per question; `response_id` joins the answers of one person. */
import * as z from 'zod/mini';
import { number, reference, requiredId, text } from './fields.ts';

const surveyFields = {
  survey_id: requiredId,
  survey_name: text,
  response_id: reference,
  question_id: reference,
  question: text,
  /**
   * `nps`: 0 to 10, would recommend. `csat`: satisfaction, 1 to 5 unless a scale is given.
   * `rating`: any other figure. `text`: free words.
   */
  kind: z.enum(['nps', 'csat', 'rating', 'text']),
  score: number,
  scale_min: number,
  scale_max: number,
  /** The answer in words, or the reason for the score. */
  comment: text,
  language: text,
  /** Stage of the customer's way, such as `delivery`. */
  stage: text,
  channel: text,
};

const answer = z.looseObject(surveyFields);
export type SurveyAnswer = z.infer<typeof answer>;

/** Lowest and highest score that an answer can have. */
export function scaleOf({ kind, scale_min, scale_max }: SurveyAnswer): [lowest: number, highest: number] {
  if (kind === 'nps') return [0, 10];
  if (kind === 'csat') return [scale_min ?? 1, scale_max ?? 5];
  return [scale_min ?? -Infinity, scale_max ?? Infinity];
}

const hasAnswer = ({ kind, score, comment }: SurveyAnswer): boolean =>
  kind === 'text' ? typeof comment === 'string' && comment !== '' : typeof score === 'number';

function isOnScale(given: SurveyAnswer): boolean {
  const { kind, score } = given;
  if (kind === 'text' || typeof score !== 'number') return true;
  const [lowest, highest] = scaleOf(given);
  return score >= lowest && score <= highest && (kind !== 'nps' || Number.isInteger(score));
}

const scored = { required: ['score'], properties: { score: { type: 'number' } } };
/** Where the kind is one of these, the rule holds. */
const where = (kinds: readonly string[], rule: object): object => ({
  anyOf: [{ properties: { kind: { not: { enum: kinds } } } }, rule],
});

export const surveyEvents = {
  'Survey Answered': answer.check(
    z.refine(hasAnswer, { error: 'needs score, or comment for a text', abort: true }),
    z.refine(isOnScale, { error: 'is not on the scale', path: ['score'] }),
    // Another scale than the usual one cannot be compared with in JSON Schema.
    z.meta({
      allOf: [
        where(['csat', 'rating'], scored),
        where(['nps'], {
          required: ['score'],
          properties: { score: { type: 'integer', minimum: 0, maximum: 10 } },
        }),
        where(['text'], { required: ['comment'], properties: { comment: { type: 'string', minLength: 1 } } }),
      ],
    }),
    z.describe('A person answered one question of a survey.'),
  ),
};
