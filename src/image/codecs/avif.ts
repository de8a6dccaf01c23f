import createDecoder from '@jsquash/avif/codec/dec/avif_dec.js'
import { AppError } from '../../errors.ts'
import type { RowsContext } from '../context.ts'
import { damagedBmff } from '../engine/bmff/boxes.ts'
import { dataOf, type Item } from '../engine/bmff/items.ts'
import { propertyBytes } from '../engine/bmff/picture.ts'
import { giveBack } from '../engine/parts.ts'
import { unpremultiply } from '../engine/pixels/pixelwise.ts'
import { profileTablesBytes, toSrgb } from '../engine/pixels/to-srgb.ts'
import { lastRows } from '../engine/rows/pixel-rows.ts'
import { turnRows, turnRowsBytes } from '../engine/rows/turn.ts'
import { resampleRows, resampleRowsBytes } from '../engine/resample/rows.ts'
import { storedGeometry } from '../orientation.ts'
import { createRaster, type Raster, type Shape } from '../raster.ts'
import { embedInAvif } from './avif/embed.ts'
import { avifOptions, encodeAvif, encodeAvifBytes, QUEUED_EFFORT } from './avif/encode.ts'
import { bitsOf, isAvif, probeAvif } from './avif/header.ts'
import type { BmffProbe, CodedItems, CodedShape } from './bmff/coded-items.ts'
import { bmffConversion, bmffReader, codePointsBox } from './bmff/reader.ts'
import { stillFile } from './bmff/still-file.ts'
import { defineCodec } from './define.ts'
import { emscriptenInstances } from './emscripten-instances.ts'

interface Decoder {
  decode(file: Uint8Array, depth: 8): (Shape & { readonly data: Uint8ClampedArray }) | null
}

const withDecoder = emscriptenInstances<Decoder>(createDecoder, 'invalid_image')

/** Upper bound of what libavif and libaom take for a picture in one piece, by measurement. `sampleBytes`: of its planes, a pixel. */
const decoderBytes = ({ width, height, sampleBytes }: CodedShape, fileBytes: number): number =>
  (14.5 + 2.2 * sampleBytes) * (width + 64) * (height + 64) + 2 * fileBytes + 11_500_000

async function decodeItem({ wasm }: Pick<RowsContext, 'wasm'>, file: Uint8Array, item: Item, shape: CodedShape): Promise<Raster> {
  const configuration = propertyBytes(file, item, 'av1C')
  if (!configuration || configuration.length < 12) throw damagedBmff('a picture lacks its configuration')
  const still = stillFile({
    ...shape,
    brand: 'avif',
    type: 'av01',
    bits: bitsOf(configuration),
    configuration,
    colours: codePointsBox(file, item),
    data: dataOf(file, item),
  })
  const run = { load: wasm.avifDecoder, memoryBytes: decoderBytes(shape, still.length) }
  const decoded = await withDecoder(run, (decoder) => decoder.decode(still, 8))
  giveBack(still)
  if (!decoded) throw new AppError('invalid_image', { reason: 'AVIF: the pixels are damaged.' })
  const { width, height, data } = decoded
  if (width !== shape.width || height !== shape.height) throw damagedBmff('the header lies about the size')
  return { width, height, data }
}

/** Decodes cell by cell; `put` takes each with its place in the stored picture. */
async function decodeCells(
  context: Pick<RowsContext, 'wasm' | 'pace'>,
  file: Uint8Array,
  { cells, cell, columns }: CodedItems,
  put: (raster: Raster, x: number, y: number) => void,
): Promise<void> {
  for (const [i, item] of cells.entries()) {
    const raster = await decodeItem(context, file, item, cell)
    put(raster, (i % columns) * cell.width, Math.floor(i / columns) * cell.height)
    giveBack(raster.data)
    await context.pace.breathe()
  }
}

/** The part of the stored picture that is shown, not turned. */
async function decodeAvif(
  context: Pick<RowsContext, 'wasm' | 'pace'>,
  file: Uint8Array,
  { colour, alpha, shown }: BmffProbe,
): Promise<Raster> {
  const [only] = colour.cells
  const isWhole = colour.cells.length === 1 && shown.width === colour.width && shown.height === colour.height
  const picture = only && isWhole ? await decodeItem(context, file, only, colour.cell) : createRaster(shown)
  /** Calls `copy` with each run of pixels that a cell at (left, top) shows: where they are, where they go, how many. */
  const onRuns = (copy: (from: Raster, at: number, to: number, count: number) => void) => (cell: Raster, left: number, top: number) => {
    const x = Math.max(left, shown.x)
    const count = Math.min(left + cell.width, shown.x + shown.width) - x
    if (count <= 0) return
    for (let y = Math.max(top, shown.y); y < Math.min(top + cell.height, shown.y + shown.height); y++)
      copy(cell, ((y - top) * cell.width + x - left) * 4, ((y - shown.y) * shown.width + x - shown.x) * 4, count)
  }
  const { data } = picture
  const copyColours = onRuns((from, at, to, count) => data.set(from.data.subarray(at, at + 4 * count), to))
  const copyAlpha = onRuns((from, at, to, count) => {
    for (let i = 0; i < 4 * count; i += 4) data[to + i + 3] = from.data[at + i] as number // inside
  })
  if (!isWhole) await decodeCells(context, file, colour, copyColours)
  if (alpha) await decodeCells(context, file, alpha, copyAlpha)
  return picture
}

export const avif = defineCodec({
  mime: 'image/avif',
  extension: 'avif',
  can: { decode: true, encode: true, alpha: true },
  options: avifOptions,
  sniff: isAvif,
  ...bmffReader('av1C', bitsOf),
  probe: probeAvif,
  embed: embedInAvif,
  queuedEffort: QUEUED_EFFORT,
  holdsPicture: true,
  encode: encodeAvif,
  encodeBytes: encodeAvifBytes,
  async rows(file, probe, geometry, context) {
    const { core } = context
    const picture = await decodeAvif(context, file, probe)
    const stored = probe.isPremultiplied ? unpremultiply(core, lastRows(core, picture)) : lastRows(core, picture)
    const rows = resampleRows(core, stored, storedGeometry(geometry, probe, probe.orientation))
    return turnRows(core, toSrgb(core, rows, bmffConversion(probe, geometry.keepsColours)), probe.orientation)
  },
  rowsBytes(probe, geometry, fileBytes) {
    const turned = storedGeometry(geometry, probe, probe.orientation)
    const cells = [probe.colour.cell, ...(probe.alpha ? [probe.alpha.cell] : [])]
    const decoding = Math.max(...cells.map((cell) => decoderBytes(cell, fileBytes) + 4 * cell.width * cell.height))
    const isAlone = probe.colour.cells.length === 1 && probe.alpha === null
    const picture = isAlone ? 0 : 4 * probe.width * probe.height
    const converting = profileTablesBytes(probe.profile !== null)
    return (
      decoding + picture + 2 * fileBytes + converting + resampleRowsBytes(probe, turned) + turnRowsBytes(turned, probe.orientation, false)
    )
  },
})
