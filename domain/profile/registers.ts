/** The order-free pieces of a state: last writer wins, recent events. */
import { RECENT_EVENTS, type RecentEvent, type Register } from './state.ts';

/** Positive when `a` wins over `b`. Equal marks are decided by the value itself, so that the order is total. */
export function compareRegisters<T>(a: Register<T>, b: Register<T>): number {
  const byMark = a.rank - b.rank || a.time - b.time || a.tie - b.tie;
  if (byMark !== 0) return byMark;
  const [left, right] = [JSON.stringify(a.value), JSON.stringify(b.value)];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** Writes where the new value wins. */
export function setLast<T>(into: Map<string, Register<T>>, name: string, next: Register<T>): void {
  const known = into.get(name);
  if (!known || compareRegisters(next, known) > 0) into.set(name, next);
}

/** The earlier one; rank does not count. */
export function earlier<T>(a: Register<T> | undefined, b: Register<T> | undefined): Register<T> | undefined {
  if (!a || !b) return a ?? b;
  return compareRegisters({ ...a, rank: 0 }, { ...b, rank: 0 }) <= 0 ? a : b;
}

/** The later one; rank does not count. */
export function later<T>(a: Register<T> | undefined, b: Register<T> | undefined): Register<T> | undefined {
  if (!a || !b) return a ?? b;
  return compareRegisters({ ...a, rank: 0 }, { ...b, rank: 0 }) > 0 ? a : b;
}

export function compareRecent(a: RecentEvent, b: RecentEvent): number {
  return a.time - b.time || a.tie - b.tie;
}

/** Inserts by (time, tie) and keeps the newest; an event that is there already is not put in twice. */
export function addRecent(recent: RecentEvent[], event: RecentEvent): void {
  let at = recent.length;
  while (at > 0) {
    const before = recent[at - 1];
    if (!before) break;
    const order = compareRecent(before, event);
    if (order === 0) return;
    if (order < 0) break;
    at--;
  }
  if (at === 0 && recent.length >= RECENT_EVENTS) return;
  recent.splice(at, 0, event);
  if (recent.length > RECENT_EVENTS) recent.shift();
}
