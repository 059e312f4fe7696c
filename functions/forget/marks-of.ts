/** What names the person of a request in bytes without a schema. */
import { subjectOf } from '../../domain/vault/subject.ts';
import { Marks } from './marks.ts';
import type { Work } from './work.ts';

/** Whether an id leads to one of the request's pseudonyms: the only way to tell once a backup was put back. */
export function leadsTo({ services, request }: Work): (id: string) => boolean {
  const subjects = new Set(request.subjects);
  return (id) =>
    subjects.has(subjectOf(services.secret, request.tenant, 'user', id)) ||
    subjects.has(subjectOf(services.secret, request.tenant, 'device', id));
}

export const marksOf = (work: Work): Marks =>
  new Marks([...work.known.marks, ...work.known.profiles, ...work.request.subjects], leadsTo(work));
