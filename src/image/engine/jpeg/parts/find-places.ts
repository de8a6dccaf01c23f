import { createInput, SHORT_INPUT } from '../decode/input.ts'
import type { JpegCore } from '../decode/exports.ts'
import { requireSupported } from '../decode/decoder.ts'
import { planFrame } from '../decode/frame.ts'
import { passedPlaces } from '../decode/sequential.ts'
import { createJpegState } from '../decode/state.ts'
import { type JpegHeader, probeJpeg } from '../header.ts'
import { invalidJpeg } from '../markers.ts'
import { type Pace, readingNs } from '../../pace.ts'
import { partHead } from './part-head.ts'
import { type McuPlaces, placesInRow } from './places.ts'

/** MCUs between two places of a row, at least: a tile reads so many too many. */
const LEAST_STEP = 16
/** 11 bytes each. */
const MOST_PLACES = 40_000
/** A predictor beyond has no difference from 0 that a table has a code for. */
const MOST_PREDICTOR = 2047

/** Why a file has no places that are worth keeping, by its header alone; `null`: it may have some. */
export function placesObstacle({ process, arithmetic }: JpegHeader): string | null {
  if (arithmetic) return 'its coding is arithmetic'
  return process === 'baseline' || process === 'extended' ? null : `it is ${process}: each row lies in many places of the file`
}

/**
 * Reads a JPEG once from its beginning to its end, without making samples.
 * @returns a sentence for a file that cannot be entered: of several scans, progressive ones among them, or damaged.
 * @throws AppError as `decodeJpeg` does.
 */
export async function findPlaces(core: JpegCore, file: Uint8Array, pace: Pace): Promise<McuPlaces | string> {
  const header = probeJpeg(file)
  const obstacle = placesObstacle(header)
  if (obstacle !== null) return obstacle
  requireSupported(header)
  // Of a part nothing has to be decoded.
  const frame = planFrame(header, 1, { x: 0, y: 0, width: 1, height: 1 })
  const reading = createJpegState(core, file, header, frame)
  const scan = reading.nextScan(2)
  if (!scan) throw invalidJpeg('expected a scan, received the end of the image')
  if (scan.components.length !== header.components.length) return 'it has several scans'
  if (new Set(header.components.map(({ id }) => id)).size < header.components.length) return 'two of its components have one name'
  const head = partHead(file, scan, header.orientation !== 1)
  if (typeof head === 'string') return head
  const [across, down] = [frame.mcusAcross, frame.mcusDown]
  let step = LEAST_STEP
  while (placesInRow({ across, step }) * down > MOST_PLACES && step < across) step *= 2
  const count = placesInRow({ across, step }) * down + 1
  const components = scan.components.length
  const found = { offsets: new Uint32Array(count), bits: new Uint8Array(count), predictors: new Int16Array(components * count) }
  const state = { ...reading, input: createInput(core, file, SHORT_INPUT) }
  const nsOfPlace = readingNs(file.length, header.width * header.height) / count
  let i = 0
  for (const { offset, bit, predictors } of passedPlaces(state, scan, step)) {
    if (predictors.some((value) => Math.abs(value) > MOST_PREDICTOR)) return 'a DC coefficient is out of range'
    found.offsets[i] = offset
    found.bits[i] = bit
    found.predictors.set(predictors, components * i)
    i++
    pace.count(nsOfPlace)
    await pace.breathe()
  }
  if (state.warnings.length > 0) return 'it is damaged'
  return { head, components, across, down, step, interval: scan.restartInterval, ...found }
}
