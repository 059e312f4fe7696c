/** The progress bar: one line on a terminal, nothing elsewhere. */

const WIDTH = 30;
/** Milliseconds between two drawings. */
const EVERY = 100;

export interface ProgressState {
  /** Of the file on disk. */
  readonly bytesRead: number;
  readonly bytesTotal: number;
  readonly events: number;
  /** Since the start, in milliseconds. */
  readonly elapsed: number;
}

/** `[#####.....]  43 %   1,234 events   617/s` */
export function progressLine({ bytesRead, bytesTotal, events, elapsed }: ProgressState): string {
  const part = bytesTotal > 0 ? Math.min(bytesRead / bytesTotal, 1) : 1;
  const full = Math.floor(part * WIDTH);
  const percent = `${Math.floor(part * 100)}`.padStart(3);
  const rate = elapsed > 0 ? Math.round((events * 1000) / elapsed) : 0;
  const bar = `[${'#'.repeat(full)}${'.'.repeat(WIDTH - full)}]`;
  return `${bar} ${percent} %   ${events.toLocaleString('en-US')} events   ${rate.toLocaleString('en-US')}/s`;
}

export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

export class ProgressBar {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  readonly #start: number;
  #drawn = Number.NEGATIVE_INFINITY;

  constructor(terminal: Terminal, now: () => number) {
    this.#terminal = terminal;
    this.#now = now;
    this.#start = now();
  }

  show(state: () => Omit<ProgressState, 'elapsed'>): void {
    const now = this.#now();
    if (!this.#terminal.isTTY || now - this.#drawn < EVERY) return;
    this.#drawn = now;
    this.#put(progressLine({ ...state(), elapsed: now - this.#start }));
  }

  /** Another text in place of the bar. */
  say(text: string): void {
    if (this.#terminal.isTTY) this.#put(text);
  }

  /** Takes the bar away. */
  clear(): void {
    this.say('');
  }

  #put(text: string): void {
    this.#terminal.write(`\r\u001B[K${text}`);
  }
}
