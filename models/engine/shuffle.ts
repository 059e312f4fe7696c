/** Order by chance (Fisher and Yates), in place. `random`: uniform in [0, 1). */
export function shuffle<T extends Int32Array | unknown[]>(list: T, random: () => number): T {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const held = list[i];
    const other = list[j];
    if (held === undefined || other === undefined) continue;
    list[i] = other;
    list[j] = held;
  }
  return list;
}
