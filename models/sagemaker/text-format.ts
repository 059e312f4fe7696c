/** The part of protobuf's text format that Triton's configurations use: messages, lists, strings, names, integers. */

/** Each field with all its values in order; a name (`TYPE_FP32`) reads as a string. */
export interface Message {
  [field: string]: Value[];
}
export type Value = string | number | Message;

const pattern = /\s+|#[^\n]*|([A-Za-z_]\w*)|(-?\d+)|"([^"\\\n]*)"|([{}[\]:,;])/y;

interface Token {
  readonly kind: 'name' | 'number' | 'text' | 'mark';
  readonly text: string;
}

/** @throws SyntaxError with the place of what was not understood. */
export function parseTextFormat(source: string): Message {
  return readMessage(tokensOf(source), undefined);
}

function tokensOf(source: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < source.length) {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (!match) throw new SyntaxError(`unreadable at character ${at}`);
    const [whole, name, number, text, mark] = match;
    if (name !== undefined) found.push({ kind: 'name', text: name });
    else if (number !== undefined) found.push({ kind: 'number', text: number });
    else if (text !== undefined) found.push({ kind: 'text', text });
    else if (mark !== undefined) found.push({ kind: 'mark', text: mark });
    at += whole.length;
  }
  return found.reverse();
}

/** `tokens` lie in reverse; those of the message are taken, up to `end`. */
function readMessage(tokens: Token[], end: '}' | undefined): Message {
  // No prototype: a field may have any name.
  const message: Message = Object.create(null);
  for (;;) {
    const next = tokens.pop();
    if (next === undefined) {
      if (end === undefined) return message;
      throw new SyntaxError('a message is not closed');
    }
    if (next.kind === 'mark' && next.text === end) return message;
    if (next.kind === 'mark' && (next.text === ',' || next.text === ';')) continue;
    if (next.kind !== 'name') throw new SyntaxError(`"${next.text}" where a field was expected`);
    const values = (message[next.text] ??= []);
    values.push(...readValues(tokens));
  }
}

const isMark = (token: Token | undefined, text: string): boolean =>
  token?.kind === 'mark' && token.text === text;

function readValues(tokens: Token[]): Value[] {
  const colon = isMark(tokens.at(-1), ':');
  if (colon) tokens.pop();
  if (!isMark(tokens.at(-1), '[')) return [readValue(tokens, colon)];
  tokens.pop();
  const values: Value[] = [];
  while (!isMark(tokens.at(-1), ']')) {
    if (values.length > 0 && !isMark(tokens.pop(), ',')) throw new SyntaxError('values without a comma');
    values.push(readValue(tokens, colon));
  }
  tokens.pop();
  return values;
}

/** Only messages may follow a field without a colon. */
function readValue(tokens: Token[], colon: boolean): Value {
  const next = tokens.pop();
  if (next?.kind === 'mark' && next.text === '{') return readMessage(tokens, '}');
  if (!next || next.kind === 'mark' || !colon)
    throw new SyntaxError(`"${next?.text ?? 'the end'}" where a value was expected`);
  return next.kind === 'number' ? Number(next.text) : next.text;
}
