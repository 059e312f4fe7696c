/** First weights. `random`: uniform in [0, 1). */

/** Normal with mean 0 (Box and Muller, 1958). */
export function normal(size: number, deviation: number, random: () => number): Float32Array {
  return Float32Array.from({ length: size }, () => {
    // 1 - u is never 0, whose logarithm has no value.
    const radius = Math.sqrt(-2 * Math.log(1 - random()));
    return deviation * radius * Math.cos(2 * Math.PI * random());
  });
}

export const zeros = (size: number): Float32Array => new Float32Array(size);
export const ones = (size: number): Float32Array => new Float32Array(size).fill(1);
