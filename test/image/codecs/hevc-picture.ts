// Writes HEVC pictures whose samples are stored as they are (I_PCM, ITU-T H.265 §7.3.8.7): no encoder comes with npm, and so every pixel is known.
import { box, ispe, type WrittenItem } from './avif-file.ts'

/** 0: gray, 1: 4:2:0, 3: 4:4:4. */
export type ChromaFormat = 0 | 1 | 3

export interface Samples {
  readonly width: number
  readonly height: number
  readonly chroma: ChromaFormat
  readonly bits: 8 | 10
  /** Of plane 0 (Y, or green), 1 (Cb, or blue) and 2 (Cr, or red), at a place of that plane. */
  sample(plane: number, x: number, y: number): number
}

/** A coding tree block, which is one coding unit: the largest that may be stored as it is. */
const BLOCK = 32
const [VPS, SPS, PPS, IDR] = [32, 33, 34, 19]

/** Bits, the highest first. */
function bitWriter() {
  const bytes: number[] = []
  let [current, count] = [0, 0]
  const put = (value: number, bits: number): void => {
    for (let i = bits - 1; i >= 0; i--) {
      current = (current << 1) | (Math.floor(value / 2 ** i) & 1)
      if (++count === 8) [current, count] = [0, (bytes.push(current), 0)]
    }
  }
  return {
    put,
    /** Exp-Golomb (§9.2). */
    ue(value: number): void {
      const bits = Math.floor(Math.log2(value + 1))
      put(0, bits)
      put(value + 1, bits + 1)
    },
    /** A one, and zeros to the end of the byte. */
    align(): void {
      put(1, 1)
      if (count > 0) put(0, 8 - count)
    },
    /** Zeros to the end of the byte. */
    zeros(): void {
      if (count > 0) put(0, 8 - count)
    },
    bytes,
  }
}
type Bits = ReturnType<typeof bitWriter>

/** A NAL unit, with the bytes that keep start codes out of it (§7.3.1.1). */
function nal(type: number, payload: readonly number[]): number[] {
  const out = [type << 1, 1]
  let zeros = 0
  for (const byte of payload) {
    if (zeros >= 2 && byte <= 3) zeros = (out.push(3), 0)
    out.push(byte)
    zeros = byte === 0 ? zeros + 1 : 0
  }
  return out
}

/** General profile: format range extensions for all but 8 bits of 4:2:0; level 6.2. */
const profileOf = ({ chroma, bits }: Samples): readonly number[] => {
  const idc = chroma !== 1 ? 4 : bits === 8 ? 1 : 2
  const compatible = 2 ** (31 - idc)
  return [idc, ...[24, 16, 8, 0].map((shift) => Math.floor(compatible / 2 ** shift) & 255), 0x90, 0, 0, 0, 0, 0, 186]
}

const putProfile = (bits: Bits, samples: Samples): void => profileOf(samples).forEach((byte) => bits.put(byte, 8))

/** One picture, nothing to be put in order. */
function putBuffers(bits: Bits): void {
  bits.put(1, 1)
  for (const value of [0, 0, 0]) bits.ue(value)
}

function videoSet(samples: Samples): number[] {
  const bits = bitWriter()
  bits.put(0x0c01ffff, 32) // set 0, base layer here, one layer, one sub-layer, nested
  putProfile(bits, samples)
  putBuffers(bits)
  bits.put(0, 6)
  bits.ue(0)
  bits.put(0, 2)
  bits.align()
  return nal(VPS, bits.bytes)
}

const blocks = (side: number): number => Math.ceil(side / BLOCK)

function sequenceSet(samples: Samples): number[] {
  const { width, height, chroma, bits: depth } = samples
  const bits = bitWriter()
  bits.put(1, 8) // VPS 0, one sub-layer, nested
  putProfile(bits, samples)
  bits.ue(0)
  bits.ue(chroma)
  if (chroma === 3) bits.put(0, 1)
  const unit = chroma === 1 ? 2 : 1
  const [right, bottom] = [blocks(width) * BLOCK - width, blocks(height) * BLOCK - height].map((rest) => Math.floor(rest / unit)) as [
    number,
    number,
  ]
  bits.ue(blocks(width) * BLOCK)
  bits.ue(blocks(height) * BLOCK)
  bits.put(1, 1) // the part that is shown
  for (const value of [0, right, 0, bottom]) bits.ue(value)
  for (const value of [depth - 8, depth - 8, 0]) bits.ue(value)
  putBuffers(bits)
  for (const value of [2, 0, 0, 3, 0, 0]) bits.ue(value) // coding blocks of 32, transforms of 4 to 32
  bits.put(0b0001, 4) // no scaling lists, no asymmetric parts, no adaptive offset; PCM
  bits.put(depth - 1, 4)
  bits.put(depth - 1, 4)
  bits.ue(2)
  bits.ue(0)
  bits.put(1, 1) // no filter on it
  bits.ue(0)
  bits.put(0, 5)
  bits.align()
  return nal(SPS, bits.bytes)
}

function pictureSet(): number[] {
  const bits = bitWriter()
  bits.ue(0)
  bits.ue(0)
  bits.put(0, 7)
  for (const value of [0, 0, 0]) bits.ue(value)
  bits.put(0, 3)
  bits.ue(0)
  bits.ue(0)
  bits.put(0b0000000_1_0_1_0_0, 12) // of these, the filters are controlled, and off
  bits.ue(0)
  bits.put(0, 2)
  bits.align()
  return nal(PPS, bits.bytes)
}

/** A slice of one block. So the arithmetic coder starts anew for each, and what it writes before and behind the samples is always the same. */
function slice(samples: Samples, index: number): number[] {
  const { width, height, chroma, bits: depth } = samples
  const columns = blocks(width)
  const bits = bitWriter()
  bits.put(index === 0 ? 0b10 : 0b00, 2)
  bits.ue(0)
  if (index > 0) bits.put(index, Math.ceil(Math.log2(columns * blocks(height))))
  bits.ue(2) // intra
  bits.ue(0)
  bits.align()
  bits.put(0b100001101, 9) // part_mode: whole; pcm_flag: 1
  bits.zeros()
  for (const plane of chroma === 0 ? [0] : [0, 1, 2]) {
    const scale = plane > 0 && chroma === 1 ? 2 : 1
    const side = BLOCK / scale
    const [left, top] = [(index % columns) * side, Math.floor(index / columns) * side]
    const [right, bottom] = [Math.ceil(width / scale) - 1, Math.ceil(height / scale) - 1]
    for (let y = top; y < top + side; y++)
      for (let x = left; x < left + side; x++) bits.put(samples.sample(plane, Math.min(x, right), Math.min(y, bottom)), depth)
  }
  bits.put(0b111111101, 9) // end_of_slice_segment_flag: 1
  bits.zeros()
  return nal(IDR, bits.bytes)
}

const u16 = (value: number): number[] => [value >> 8, value & 255]

function configuration(samples: Samples): Uint8Array {
  const sets = [
    [VPS, videoSet(samples)],
    [SPS, sequenceSet(samples)],
    [PPS, pictureSet()],
  ] as const
  const depth = 0xf8 | (samples.bits - 8)
  const head = [1, ...profileOf(samples), 0xf0, 0, 0xfc, 0xfc | samples.chroma, depth, depth, 0, 0, 0x0f, sets.length]
  return box('hvcC', Uint8Array.from([...head, ...sets.flatMap(([type, unit]) => [0x80 | type, ...u16(1), ...u16(unit.length), ...unit])]))
}

/** A picture as an item of a HEIC. */
export function hevcItem(samples: Samples): WrittenItem {
  const { width, height } = samples
  const slices = Array.from({ length: blocks(width) * blocks(height) }, (_, i) => {
    const unit = slice(samples, i)
    return Uint8Array.from([...u16(unit.length >>> 16), ...u16(unit.length & 65535), ...unit])
  })
  return { type: 'hvc1', data: new Uint8Array(Buffer.concat(slices)), properties: [ispe(width, height), configuration(samples)] }
}
