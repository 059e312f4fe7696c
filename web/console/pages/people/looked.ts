/** Ids that were looked at, newest first; forgotten with the tab. */
const KEY = 'wellspring.looked';
const KEPT = 6;

export const looked = (): string[] =>
  (sessionStorage.getItem(KEY) ?? '').split('\n').filter((id) => id !== '');

export function noteLooked(id: string): void {
  const ids = [id, ...looked().filter((known) => known !== id)].slice(0, KEPT);
  sessionStorage.setItem(KEY, ids.join('\n'));
}
