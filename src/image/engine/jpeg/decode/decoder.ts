import { AppError } from '../../../../errors.ts'
import type { Rectangle } from '../../../geometry.ts'
import type { JpegCore } from './exports.ts'
import { type JpegScale, planFrame } from './frame.ts'
import { type JpegHeader, probeJpeg } from '../header.ts'
import { createInput, LONG_INPUT, SHORT_INPUT } from './input.ts'
import { createJpegState } from './state.ts'
import { progressiveRows } from './progressive.ts'
import { separateRows, streamedRows } from './sequential.ts'
import { invalidJpeg } from '../markers.ts'
import type { PlaneStream } from '../../plane-stream.ts'

export interface JpegDecodeOptions {
  readonly scale: JpegScale
  /** The part that is needed, in pixels of the stored picture. The stream emits the whole MCUs that cover it and what smooth upsampling needs around it. */
  readonly region?: Rectangle | undefined
  /** Subsampled components stay subsampled at a reduced scale, where libjpeg decodes them larger. A caller that subsamples again saves work. */
  readonly keepsSubsampling?: boolean | undefined
  /** Bytes that a part of the picture may take in a file whose scans are read in turns. The samples do not depend on it. */
  readonly partBytes?: number | undefined
}

/**
 * Decodes a JPEG by rows, at 1/1, 1/2, 1/4 or 1/8 of its size, into planes whose samples equal libjpeg's for the same scale. Damage that
 * leaves a picture is told by `warnings`. The core's arena is taken from and not given back: the caller marks and releases. An instance that
 * has thrown must not be used again. A trap of the core (`WebAssembly.RuntimeError`) is a fault of ours, whatever the file holds.
 * @throws AppError `invalid_image`; `unsupported_format` (with `detail` "jpeg arithmetic", "jpeg lossless", "jpeg hierarchical", "jpeg precision"
 * or "jpeg components") for JPEGs of a kind that is not decoded here; `too_many_pixels` when the core's memory is too small.
 */
export function decodeJpeg(core: JpegCore, file: Uint8Array, options: JpegDecodeOptions): PlaneStream {
  const header = probeJpeg(file)
  requireSupported(header)
  const frame = planFrame(header, options.scale, options.region, options.keepsSubsampling)
  const reading = createJpegState(core, file, header, frame)
  const scan = reading.nextScan(2)
  if (!scan) throw invalidJpeg('expected a scan, received the end of the image')
  const isSingleScan = header.process !== 'progressive' && scan.components.length === header.components.length
  const state = { ...reading, input: createInput(core, file, isSingleScan ? LONG_INPUT : SHORT_INPUT) }
  const decode = header.process === 'progressive' ? progressiveRows : isSingleScan ? streamedRows : separateRows
  const source = decode(state, scan, options.partBytes)
  return {
    colour: header.colour,
    components: frame.components.map((component) => component.plane),
    grows: header.process === 'progressive',
    next: () => source.next().value ?? null,
    warnings: state.warnings,
  }
}

/** @throws AppError `unsupported_format` for JPEGs of a kind that is not decoded here. */
export function requireSupported(header: JpegHeader): void {
  const kind = header.arithmetic
    ? 'arithmetic'
    : header.process === 'lossless' || header.process === 'hierarchical'
      ? header.process
      : header.precision !== 8
        ? 'precision'
        : undefined
  if (kind) {
    throw new AppError('unsupported_format', {
      reason: 'expected a baseline or progressive JPEG of 8 bits, received another kind',
      detail: `jpeg ${kind}`,
    })
  }
}
