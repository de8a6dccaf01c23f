import type { Geometry } from '../../../geometry.ts'
import type { Orientation } from '../../../orientation.ts'
import type { BandSource } from '../decode/bands.ts'
import { requireSupported } from '../decode/decoder.ts'
import { createInput, LONG_INPUT, SHORT_INPUT } from '../decode/input.ts'
import { createJpegState, type JpegState } from '../decode/state.ts'
import { END_OF_IMAGE } from '../encode/segments.ts'
import { createTokenWriter, TOKEN_WRITER_BYTES } from '../encode/token-writer.ts'
import { type JpegHeader, probeJpeg } from '../header.ts'
import { invalidJpeg } from '../markers.ts'
import { resultBytes } from '../../parts.ts'
import { NS_OF_EMPTY_BAND, type Pace } from '../../pace.ts'
import type { TranscodeCore } from './exports.ts'
import { resultComponents, resultHeaders } from './headers.ts'
import { BASE_BYTES, coefficientBytes } from '../scaled/estimate.ts'
import { layOutTranscode, type Misfit, type TranscodeLayout } from './layout.ts'
import { readCoefficients } from './read.ts'
import { openStore, storeBytes } from './store.ts'
import { createResultTable, rowBlocks, writeScan, writeScans, writingBytes } from './write.ts'

const TOO_LARGE = 'A coefficient of the file is larger than a JPEG of 8 bits may have.'
const TABLES_CHANGE = 'The quantisers of the file change between its scans.'

/**
 * JPEG to JPEG without loss: the coefficients of a part of a picture, turned upright, coded anew with Huffman tables of their own, and nothing else of the file:
 * no metadata, no profile; in one scan, or in several where `progressive` says so. `geometry` is in upright pixels. Colours other than gray, YCbCr and RGB do not pass. Damage that leaves a picture is told by
 * `warnings`, and leaves the coefficients that the decoder would show.
 * @throws AppError as `decodeJpeg` does.
 */
export async function transcodeJpeg(
  core: TranscodeCore,
  file: Uint8Array,
  orientation: Orientation,
  geometry: Geometry,
  progressive: boolean,
  warnings: Set<string>,
  pace: Pace,
): Promise<Uint8Array | Misfit> {
  const header = probeJpeg(file)
  requireSupported(header)
  const layout = layOutTranscode(header, orientation, geometry)
  if ('reason' in layout) return layout
  const mark = core.mark()
  try {
    const work = transcodeSteps(core, file, header, layout, progressive)
    let step = work.next()
    for (; !step.done; step = work.next()) {
      pace.count(NS_OF_EMPTY_BAND)
      await pace.breathe()
    }
    const { result, found } = step.value
    for (const warning of found) warnings.add(warning)
    return typeof result === 'string' ? { reason: result } : result
  } finally {
    core.release(mark)
  }
}

/** Tables, and how much more than its source a result may have: several scans say empty blocks in fewer bits. */
const [HEADER_BYTES, GROWTH, SCANS_GROWTH] = [65_536, 1.1, 1.5]

/** Upper bound of what `transcodeJpeg` takes beside the file, its result included. */
export function estimateTranscodeBytes(
  header: JpegHeader,
  orientation: Orientation,
  geometry: Geometry,
  progressive: boolean,
  fileBytes: number,
): number {
  const layout = layOutTranscode(header, orientation, geometry)
  if ('reason' in layout) return 0
  const isProgressive = header.process === 'progressive'
  const reading = BASE_BYTES + (isProgressive ? coefficientBytes(layout.frame, fileBytes) : 0)
  const core = reading + storeBytes(layout, fileBytes) + writingBytes(layout, progressive) + TOKEN_WRITER_BYTES
  return core + resultBytes(fileBytes * (isProgressive ? SCANS_GROWTH : GROWTH) + layout.mcuRows * rowBlocks(layout) + HEADER_BYTES)
}

/** The file, or why there is none; and what was found to be wrong. */
interface Outcome {
  readonly result: Uint8Array | string
  readonly found: readonly string[]
}

function* transcodeSteps(
  core: TranscodeCore,
  file: Uint8Array,
  header: JpegHeader,
  layout: TranscodeLayout,
  progressive: boolean,
): BandSource<Outcome> {
  const reading = createJpegState(core, file, header, layout.frame)
  const input = createInput(core, file, header.process === 'progressive' ? SHORT_INPUT : LONG_INPUT)
  const state: JpegState = { ...reading, input }
  const outcome = (result: Uint8Array | string): Outcome => ({ result, found: state.warnings })
  const first = state.nextScan(2)
  if (!first) throw invalidJpeg('expected a scan, received the end of the image')
  const components = resultComponents(header, layout)
  const writer = createTokenWriter(core)
  writer.clear()
  const acCounts = (index: number): number => writer.counts + ((components[index]?.tables ?? 0) * 2 + 1) * 1024
  const store = openStore(core, layout, file.length, acCounts)
  const table = createResultTable(core, layout, store, components)
  const refusal = yield* readCoefficients({ core, state, layout, store }, first)
  if (refusal !== null) return outcome(refusal)
  const quantisers = components.map((_, i) => quantisersOf(state, i))
  const headers = resultHeaders(file, header, layout, components, quantisers, progressive)
  if (!headers) return outcome(TABLES_CHANGE)
  writer.append(...headers)
  const write = progressive ? writeScans : writeScan
  if (!(yield* write(core, layout, components, table, writer))) return outcome(TOO_LARGE)
  writer.append(END_OF_IMAGE)
  return outcome(writer.toBytes())
}

/** The quantisers of a component as they were when its first scan began, in zigzag order. */
function quantisersOf({ core, coefficientMap }: JpegState, index: number): Uint16Array {
  const [map, view] = [coefficientMap(index), core.view()]
  return Uint16Array.from({ length: 64 }, (_, k) => view.getUint16(map + 4 * k, true))
}
