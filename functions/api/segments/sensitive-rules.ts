/** No segment rests on what the law protects most, unless the shop has a ground for it and declares so here. */
import { type Rule, RuleProblem } from '../../../domain/segments/rule.ts';
import { sensitiveKind } from '../../../domain/sensitive.ts';

/** Names of traits, attributes and categories that may be used although they sound sensitive. None, until somebody decides. */
export const declared: ReadonlySet<string> = new Set();

export const isSensitive = (name: string, allowed = declared): boolean =>
  !allowed.has(name) && sensitiveKind(name) !== undefined;

/** @throws RuleProblem that says where and of which kind. */
export function refuseSensitive(
  rule: Rule,
  allowed = declared,
  path: readonly (string | number)[] = [],
): void {
  if ('not' in rule) return refuseSensitive(rule.not, allowed, [...path, 'not']);
  if ('all' in rule) return rule.all.forEach((one, i) => refuseSensitive(one, allowed, [...path, 'all', i]));
  if ('any' in rule) return rule.any.forEach((one, i) => refuseSensitive(one, allowed, [...path, 'any', i]));
  const name = rule.kind === 'affinity' ? rule.category : 'name' in rule ? rule.name : undefined;
  if (name === undefined || !isSensitive(name, allowed)) return;
  throw new RuleProblem(
    path.join('.'),
    `this speaks of ${sensitiveKind(name)}, on which no segment may rest; see docs/segments.md`,
  );
}
