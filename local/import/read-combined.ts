/** The combined log format of Apache and nginx. */
import type { Row } from './cells.ts';
import type { Entry } from './entry.ts';
import { linesOf } from './lines.ts';

/** In quotes a backslash takes the next character with it. */
const quoted = String.raw`"((?:[^"\\]|\\.)*)"`;
const form = new RegExp(
  String.raw`^(\S+) (\S+) (\S+) \[([^\]]+)\] ${quoted} (\d{3}) (\d+|-) ${quoted} ${quoted}`,
  'u',
);
const call = /^([A-Z]+) ([^\s?]+)(?:\?(\S*))?(?: (HTTP\/\d(?:\.\d)?))?$/;

/** `\"` and `\\` as Apache writes them, `\xHH` as both do. */
const unescape = (text: string): string =>
  text.includes('\\')
    ? text.replace(/\\(?:x([0-9A-Fa-f]{2})|(.))/g, (_, hex: string | undefined, character: string) =>
        hex === undefined ? character : String.fromCharCode(Number.parseInt(hex, 16)),
      )
    : text;

const given = (text: string | undefined): string =>
  text === undefined || text === '-' ? '' : unescape(text);

/** Undefined for a line of another form, such as one that was cut off. An absent value ("-") is empty. */
export function parseCombined(text: string): Row | undefined {
  const m = form.exec(text);
  if (!m) return undefined;
  const [, ip, ident, user, time, request = '', status, bytes, referrer, agent] = m;
  const [, method, path, query, protocol] = call.exec(request) ?? [];
  return {
    ip: given(ip),
    ident: given(ident),
    user: given(user),
    time: given(time),
    method: given(method),
    path: given(path),
    query: given(query),
    protocol: given(protocol),
    status: given(status),
    bytes: given(bytes),
    referrer: given(referrer),
    agent: given(agent),
  };
}

export async function* readCombined(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Entry> {
  for await (const { number: line, text, problem } of linesOf(chunks)) {
    if (text === undefined) yield { line, problem: problem ?? 'line cannot be read' };
    else if (text.trim() !== '') {
      const row = parseCombined(text);
      yield row ? { line, row } : { line, problem: 'line is not in combined log format' };
    }
  }
}
