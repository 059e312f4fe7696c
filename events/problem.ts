/** What is wrong with a value, in words that name fields and limits, never the value. */
import type * as z from 'zod/mini';

type Issue = z.core.$ZodIssue;

export interface Problem {
  /** Such as `properties.products[0].price`. */
  readonly path: string;
  /** Such as `must be a number`. */
  readonly problem: string;
}

/** The first problem; undefined when the value is as the schema says. `root`: how paths begin. */
export function problemIn(schema: z.ZodMiniType, value: unknown, root: string): Problem | undefined {
  const issue = schema.safeParse(value).error?.issues[0];
  return issue && { path: pathOf(issue, root), problem: problemOf(issue, value) };
}

function pathOf({ path }: Issue, root: string): string {
  return path.reduce<string>(
    (all, part) => (typeof part === 'number' ? `${all}[${part}]` : `${all}.${String(part)}`),
    root,
  );
}

function problemOf(issue: Issue, value: unknown): string {
  if (issue.code === 'custom') return issue.message;
  if (isMissing(issue, value)) return 'is missing';
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`;
    case 'invalid_value':
      return `must be one of ${issue.values.join(', ')}`;
    case 'invalid_union':
      return issue.discriminator === undefined ? 'has the wrong type' : 'has none of the known values';
    case 'too_small':
      return 'must not be empty';
    case 'too_big':
      return `must not be longer than ${issue.maximum}`;
    default:
      return 'is not as it should be';
  }
}

function isMissing({ path }: Issue, value: unknown): boolean {
  let found: unknown = value;
  for (const part of path) found = Object(found)[part];
  return found === undefined || found === null;
}
