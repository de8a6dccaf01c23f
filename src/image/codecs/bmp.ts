import { conversionByCalibration } from '../engine/bmp/calibration.ts'
import { damagedBmp, type Dib, dibDepth, readDib } from '../engine/bmp/dib.ts'
import { paintDib, paintDibBytes } from '../engine/bmp/paint.ts'
import { paintedRows, paintedRowsBytes } from '../engine/rows/painted.ts'
import { defineReader, type Probe } from './define.ts'
import { throughRows } from './through-rows.ts'

interface BmpProbe extends Probe {
  readonly dib: Dib
}

const FILE_HEADER_BYTES = 14

/** `BM`, and two reserved words. */
const isBmp = (head: Uint8Array): boolean =>
  head[0] === 0x42 && head[1] === 0x4d && head.length > 10 && head.subarray(6, 10).every((byte) => byte === 0)

function probeBmp(file: Uint8Array): BmpProbe {
  if (file.length < FILE_HEADER_BYTES) throw damagedBmp('the header is cut short')
  const pixelsAt = new DataView(file.buffer, file.byteOffset).getUint32(10, true)
  const dib = readDib(file, FILE_HEADER_BYTES, pixelsAt)
  const { width, height, bitsPerPixel, masks } = dib
  const hasAlpha = masks[3] !== 0 && bitsPerPixel >= 16
  return { width, height, hasAlpha, frames: 1, orientation: 1, isFlat: bitsPerPixel <= 8, dib }
}

export const bmp = defineReader({
  mime: 'image/bmp',
  extension: 'bmp',
  sniff: isBmp,
  probe: probeBmp,
  about: (file, { dib }) => ({
    bitDepth: dibDepth(dib),
    colours: 'rgb',
    icc: () => dib.profile && file.subarray(dib.profile.start, dib.profile.end),
  }),
  ...throughRows<BmpProbe>({
    open: (file, { dib, hasAlpha }, _page, { core, warnings }) => paintedRows(core, dib, !hasAlpha, paintDib(file, dib, warnings)),
    openBytes: ({ dib }) => paintedRowsBytes(dib) + paintDibBytes(dib),
    told: (_file, { dib: { calibration } }) => calibration && conversionByCalibration(calibration),
    icc: (file, { dib: { profile } }) => profile && { profile: file.subarray(profile.start, profile.end), channels: 'rgb' },
  }),
})
