/** What names the person of a request in bytes without a schema. */
import { subjectOf } from '../../domain/vault/subject.ts';
import { Marks } from './marks.ts';
import type { Work } from './work.ts';

/** After a backup was put back only pseudonyms are known: then an id is theirs if it leads to one of these. */
export function marksOf({ services, request, known }: Work): Marks {
  const subjects = new Set(request.subjects);
  const isTheirs = (id: string): boolean =>
    subjects.has(subjectOf(services.secret, request.tenant, 'user', id)) ||
    subjects.has(subjectOf(services.secret, request.tenant, 'device', id));
  return new Marks([...known.marks, ...known.profiles, ...request.subjects], isTheirs);
}
