/** Calls of functions, and the policies of the stacks, in the same words: `s3:PutObject events`, `kinesis:PutRecords`. */
import type { FunctionName } from '../../functions/chain.ts';
import type { ServiceCall } from '../fixtures/function-process.ts';
import { Synthesised } from '../infra/template.ts';

const prod = new Synthesised('prod');

/** The right that a call needs, in the words of the policies; of tables, streams and the secret the action alone. */
export function rightFor({ method, path, target }: ServiceCall): string {
  const [service = '', operation = ''] = target.split('.');
  if (operation !== '') return `${service.replace(/_.*/, '').toLowerCase()}:${operation}`;
  const url = new URL(path, 'http://s3');
  const key = url.pathname.replace(/^\/\w+\//, '');
  if (url.searchParams.has('list-type')) return `s3:ListBucket ${folderOf(url.searchParams.get('prefix'))}`;
  if (method === 'POST' && url.searchParams.has('delete')) return 's3:DeleteObject';
  return `s3:${method === 'PUT' ? 'Put' : 'Get'}Object ${folderOf(key)}`;
}

const folderOf = (key: string | null): string => /^(\w+)\//.exec(key ?? '')?.[1] ?? 'everything';

/** What the stacks allow a function, in the same words. */
export const rightsOf = (name: FunctionName): string[] =>
  prod.grants(`${name}Role`).flatMap(({ action, resource, condition }) => {
    const folder =
      /^(?:Lake|Failures)\.Arn\/(\w+)\//.exec(resource)?.[1] ?? /"(\w+)\/[^"]*\*"/.exec(condition ?? '')?.[1];
    return folder === undefined ? [action] : [action, `${action} ${folder}`];
  });
