/** Log lines about the system itself: readable text, or one JSON object per line. */

export type Log = (event: string, fields?: Readonly<Record<string, string | number | boolean>>) => void;

/** `write` gets one line without its end. */
export function makeLog(json: boolean, now: () => number, write: (line: string) => void): Log {
  return (event, fields = {}) => {
    const time = new Date(now()).toISOString();
    if (json) {
      write(JSON.stringify({ time, event, ...fields }));
      return;
    }
    const rest = Object.entries(fields).map(([name, value]) => `${name}=${value}`);
    write([time.slice(11, 19), event, ...rest].join(' '));
  };
}
