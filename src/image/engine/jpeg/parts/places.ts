/**
 * Where the entropy-coded data of a JPEG of one sequential scan can be entered: at every `step`-th MCU of each row. With it a part of the picture is read from a part
 * of the file.
 */
export interface McuPlaces {
  /** What a decoder has to know in front of the data of a part, from SOI to the scan's header: see `part-head.ts`. */
  readonly head: Uint8Array
  /** Components of the scan. */
  readonly components: number
  /** MCUs of a row, rows of MCUs. */
  readonly across: number
  readonly down: number
  /** MCUs between two places of a row. */
  readonly step: number
  /** MCUs between restart markers of the file; 0 for none. */
  readonly interval: number
  /** Of each place, row by row, and of the scan's end: the offset in the file of the byte that holds its first bit. */
  readonly offsets: Uint32Array
  /** The first bit's place in its byte, from the left. */
  readonly bits: Uint8Array
  /** DC predictors, those of all components for each place. */
  readonly predictors: Int16Array
}

/** Begins packed places. A change of their form changes it. */
const SIGNATURE = 0x45_50_4c_31
const FIELDS = 7

export const placesInRow = ({ across, step }: Pick<McuPlaces, 'across' | 'step'>): number => Math.ceil(across / step)

/** As bytes: seven numbers of 32 bits, offsets, predictors, bits, the head. Little-endian. */
export function packPlaces(places: McuPlaces): Uint8Array {
  const { head, components, across, down, step, interval, offsets, bits, predictors } = places
  const fields = Uint32Array.of(SIGNATURE, components, across, down, step, interval, head.length)
  const parts = [fields, offsets, predictors, bits, head]
  const packed = new Uint8Array(parts.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let at = 0
  for (const { buffer, byteOffset, byteLength } of parts) {
    packed.set(new Uint8Array(buffer, byteOffset, byteLength), at)
    at += byteLength
  }
  return packed
}

/** The other way; `null` for bytes of another form. */
export function unpackPlaces(packed: Uint8Array): McuPlaces | null {
  if (packed.length < 4 * FIELDS) return null
  const bytes = packed.slice()
  const [signature, components = 0, across = 0, down = 0, step = 0, interval = 0, headBytes = 0] = new Uint32Array(bytes.buffer, 0, FIELDS)
  if (signature !== SIGNATURE || step === 0) return null
  const count = placesInRow({ across, step }) * down + 1
  const predictorsAt = 4 * (FIELDS + count)
  const bitsAt = predictorsAt + 2 * components * count
  if (bytes.length !== bitsAt + count + headBytes) return null
  return {
    head: bytes.subarray(bitsAt + count),
    components,
    across,
    down,
    step,
    interval,
    offsets: new Uint32Array(bytes.buffer, 4 * FIELDS, count),
    bits: bytes.subarray(bitsAt, bitsAt + count),
    predictors: new Int16Array(bytes.buffer, predictorsAt, components * count),
  }
}
