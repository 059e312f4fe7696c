/** The classes model as JSON: small enough to be read and asked by whoever scores, without an endpoint. */
import * as z from 'zod/mini';
import type { LinearModel } from '../linear/model.ts';
import type { ClassesModel, ClassHead } from './classes.ts';
import { customerPlanSchema } from './plan.ts';

const numbers = z.array(z.number());
const headSchema = z.object({
  names: z.array(z.string()),
  columns: z.int(),
  theta: numbers,
  intercepts: numbers,
  means: numbers,
  fit: z.object({
    rows: z.int(),
    steps: z.int(),
    converged: z.boolean(),
    ridge: z.number(),
    separated: z.boolean(),
    says: z.string(),
  }),
});
const storedSchema = z.object({
  version: z.literal(1),
  plan: customerPlanSchema,
  lifecycle: headSchema,
  personas: headSchema,
  personaSizes: numbers,
});
type StoredHead = z.infer<typeof headSchema>;

const toStored = ({ names, model }: ClassHead): StoredHead => ({
  names: [...names],
  columns: model.columns,
  theta: [...model.theta],
  intercepts: [...model.intercepts],
  means: [...model.means],
  fit: model.fit,
});

function fromStored({ names, columns, theta, intercepts, means, fit }: StoredHead): ClassHead {
  const model: LinearModel = {
    kind: 'softmax',
    columns,
    outputs: names.length,
    theta: Float64Array.from(theta),
    intercepts: Float64Array.from(intercepts),
    means: Float64Array.from(means),
    fit,
  };
  return { names, model };
}

/** Coefficients without their standard errors, which only the card needs. */
export const storeClasses = ({ plan, lifecycle, personas, personaSizes }: ClassesModel): string =>
  JSON.stringify({
    version: 1,
    plan,
    lifecycle: toStored(lifecycle),
    personas: toStored(personas),
    personaSizes,
  });

/** @throws ZodError or SyntaxError for another text. */
export function restoreClasses(text: string): ClassesModel {
  const { plan, lifecycle, personas, personaSizes } = storedSchema.parse(JSON.parse(text));
  return { plan, lifecycle: fromStored(lifecycle), personas: fromStored(personas), personaSizes };
}
