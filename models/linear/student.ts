/** Points of Student's t and of the normal distribution. */

/**
 * The `p` quantile, 0 < p < 1, of Student's t with `degrees` > 0 degrees of freedom; Infinity gives the normal
 * distribution. By bisection of the distribution function, to about 1e-12.
 */
export function studentQuantile(p: number, degrees: number): number {
  if (p < 0.5) return -studentQuantile(1 - p, degrees);
  let [low, high] = [0, 1];
  while (upper(high, degrees) > 1 - p) high *= 2;
  for (let step = 0; step < 200 && high - low > 1e-13 * high; step++) {
    const middle = (low + high) / 2;
    if (upper(middle, degrees) > 1 - p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Chance of more than t >= 0. Above 1e7 degrees of freedom the two distributions agree to 1e-8. */
function upper(t: number, degrees: number): number {
  if (degrees > 1e7) return normalUpper(t);
  return incompleteBeta(degrees / 2, 0.5, degrees / (degrees + t * t)) / 2;
}

/** The continued fraction of the upper tail (Laplace), and the series around 0 (Marsaglia 2004). */
function normalUpper(t: number): number {
  const density = Math.exp((-t * t) / 2) / Math.sqrt(2 * Math.PI);
  if (t > 4) {
    let fraction = t;
    for (let k = 80; k >= 1; k--) fraction = t + k / fraction;
    return density / fraction;
  }
  let [sum, term] = [t, t];
  for (let k = 3; term > 1e-17 * sum; k += 2) sum += term *= (t * t) / k;
  return 0.5 - density * sum;
}

/** I_x(a, b) by Lentz's evaluation of its continued fraction (DLMF 8.17.22). */
function incompleteBeta(a: number, b: number, x: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(b, a, 1 - x);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  let [c, d] = [1, 1 / (1 - ((a + b) * x) / (a + 1))];
  let fraction = d;
  for (let m = 1; m < 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    let ratio = 1;
    for (const part of [even, odd]) {
      d = 1 / (1 + part * d);
      c = 1 + part / c;
      ratio = c * d;
      fraction *= ratio;
    }
    if (Math.abs(ratio - 1) < 1e-15) break;
  }
  return (front * fraction) / a;
}

/** Stirling's series, after the argument was raised above 10. */
function logGamma(x: number): number {
  let [raised, product] = [x, 1];
  while (raised < 10) product *= raised++;
  const r = 1 / (raised * raised);
  const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)))) / raised;
  return (
    (raised - 0.5) * Math.log(raised) - raised + 0.5 * Math.log(2 * Math.PI) + series - Math.log(product)
  );
}
