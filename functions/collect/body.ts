/** From the bytes of a request to the bytes of its JSON, with hard limits. */
import { isUtf8 } from 'node:buffer';
import { brotliDecompressSync, gunzipSync, inflateSync, type ZlibOptions } from 'node:zlib';
import { Refused } from './replies.ts';

/** Bytes of a body after decompression, at most. */
export const BODY_LIMIT = 500 * 1024;

type Decode = (data: Uint8Array, options: ZlibOptions) => Buffer;

const decoders = new Map<string, Decode>([
  ['gzip', gunzipSync],
  ['x-gzip', gunzipSync],
  ['deflate', inflateSync],
  ['br', brotliDecompressSync],
]);

const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

function decompress(
  bytes: Uint8Array,
  decode: (data: Uint8Array, options: ZlibOptions) => Buffer,
): Uint8Array {
  try {
    return decode(bytes, { maxOutputLength: BODY_LIMIT });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    throw new Refused(code === 'ERR_BUFFER_TOO_LARGE' ? 'batch_too_large' : 'invalid_encoding');
  }
}

/**
 * The JSON text of a body as UTF-8 bytes without a byte-order mark. Gzip is recognised by its first
 * bytes too: some SDKs send it without saying so.
 */
export function readBody(body: Uint8Array, contentEncoding: string | undefined): Uint8Array {
  if (body.length === 0) throw new Refused('empty_body');
  const encoding = (contentEncoding ?? '').trim().toLowerCase();
  let bytes = body;
  if (encoding !== '' && encoding !== 'identity') {
    const decode = decoders.get(encoding);
    if (!decode) throw new Refused('unsupported_encoding');
    bytes = decompress(body, decode);
  } else if (isGzip(body)) {
    bytes = decompress(body, gunzipSync);
  }
  if (bytes.length > BODY_LIMIT) throw new Refused('batch_too_large');
  if (isGzip(bytes) || !isUtf8(bytes)) throw new Refused('invalid_encoding');
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  if (bytes.length === start) throw new Refused('empty_body');
  return start === 0 ? bytes : bytes.subarray(start);
}
