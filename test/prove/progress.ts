/** One line that says how far a long run is: rewritten on a terminal, printed every tenth elsewhere. */
import type { WriteStream } from 'node:tty';

type Output = Pick<WriteStream, 'write'> & { readonly isTTY?: boolean };

/** Builds a function that takes phase and share (0 to 1). `now`: ms. */
export function progressOn(output: Output, now: () => number): (phase: string, share: number) => void {
  let phaseNow = '';
  let begun = 0;
  let shown = -1;
  return (phase, share) => {
    if (phase !== phaseNow) {
      phaseNow = phase;
      begun = now();
      shown = -1;
    }
    const percent = Math.floor(share * 100);
    const step = output.isTTY ? percent : Math.floor(percent / 10) * 10;
    if (step <= shown) return;
    shown = step;
    const left =
      share > 0.02 && share < 1 ? Math.ceil((((now() - begun) / share) * (1 - share)) / 1000) : undefined;
    const line = `${phase} ${step} %${left === undefined ? '' : `, about ${left} s left`}`;
    output.write(output.isTTY ? `\r\u001B[K${line}` : `${line}\n`);
  };
}
