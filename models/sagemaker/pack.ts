/** A model as SageMaker's Triton container wants it: `model.tar.gz` with Triton's folders inside. */
import { gzipSync } from 'node:zlib';
import { configText, type TritonConfig } from './config-pbtxt.ts';
import { tar } from './tar.ts';

/** Where gzip names the operating system it ran on, and the value for "unknown". */
const SYSTEM = { at: 9, unknown: 255 };

/**
 * `<model>/config.pbtxt` and `<model>/<number>/model.onnx`. One model an archive: the container starts the only folder it
 * finds. `number`: what Triton calls the version, see {@link tritonVersion}; answers name it as `model_version`.
 *
 * The same model gives the same bytes, on every machine with the same zlib.
 * @throws RangeError when the configuration is none for Triton, or the number is not whole and positive.
 */
export function packTriton(config: TritonConfig, onnx: Uint8Array, number: number): Uint8Array {
  if (!Number.isSafeInteger(number) || number < 1) throw new RangeError(`Triton has no version ${number}`);
  const archive = tar([
    { path: `${config.name}/config.pbtxt`, data: new TextEncoder().encode(configText(config)) },
    { path: `${config.name}/${number}/model.onnx`, data: onnx },
  ]);
  const packed = gzipSync(archive);
  packed[SYSTEM.at] = SYSTEM.unknown;
  return packed;
}
