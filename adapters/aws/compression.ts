/** Stored bytes: one marker, then the data as it is or deflated, whichever is shorter. */
import { deflateRawSync, inflateRawSync } from 'node:zlib';

const PLAIN = 0;
const DEFLATED = 1;
/** Far above the largest record or item; a larger one is not ours. */
const MAX_BYTES = 64 * 1024 * 1024;

const marked = (marker: number, data: Uint8Array): Uint8Array => {
  const out = new Uint8Array(data.length + 1);
  out[0] = marker;
  out.set(data, 1);
  return out;
};

/** Compresses data of more than `above` bytes where that saves something. */
export function encode(data: Uint8Array, above: number): Uint8Array {
  if (data.length <= above) return marked(PLAIN, data);
  const deflated = deflateRawSync(data);
  return deflated.length < data.length ? marked(DEFLATED, deflated) : marked(PLAIN, data);
}

/** @throws TypeError when {@link encode} did not make these bytes. */
export function decode(stored: Uint8Array): Uint8Array {
  const data = stored.subarray(1);
  switch (stored[0]) {
    case PLAIN:
      return data;
    case DEFLATED:
      return new Uint8Array(inflateRawSync(data, { maxOutputLength: MAX_BYTES }));
    default:
      throw new TypeError('the stored bytes carry no known marker');
  }
}
