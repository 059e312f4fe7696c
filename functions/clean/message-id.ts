/** A message without an id gets one from its content: the same bytes sent again are still one event. */
import { hash } from 'node:crypto';
import { isObject, type Json } from '../../events/json.ts';

/** JSON with sorted keys: equal for equal values, however they were written. */
export function canonical(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const pairs = Object.keys(value)
    .toSorted()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key] ?? null)}`);
  return `{${pairs.join(',')}}`;
}

/** `derived-` and 128 bits as hex. */
export function deriveMessageId(source: string, document: Json, sentAt: number | undefined): string {
  const text = [source, canonical(document), sentAt ?? ''].join('\u0000');
  return `derived-${hash('sha256', text, 'hex').slice(0, 32)}`;
}
