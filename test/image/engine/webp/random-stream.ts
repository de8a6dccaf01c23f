import {
  type BitWriter,
  bitWriter,
  type CodeKind,
  codeOf,
  type Group,
  losslessFile,
  pixelWriter,
  prefixOf,
  putCode,
  putHeader,
  putSmallImage,
  type Random,
  randomFrom,
} from './vp8l-writer.ts'

export type Transform =
  | { readonly kind: 'predictor' | 'colour'; readonly bits: number; readonly modes?: readonly number[] }
  | { readonly kind: 'green' }
  | { readonly kind: 'palette'; readonly colours: number }

export interface StreamOptions {
  readonly width: number
  readonly height: number
  readonly transforms?: readonly Transform[]
  readonly cacheBits?: number
  /** Kinds of green's, red's, blue's, alpha's and the distances' codes. */
  readonly codes?: readonly [CodeKind, CodeKind, CodeKind, CodeKind, CodeKind]
  /** More than one group: tiles of `1 << bits` pixels have one of so many. */
  readonly groups?: { readonly bits: number; readonly count: number }
  /** Whether there are copies, where the codes have them. */
  readonly copies?: boolean
}

const KINDS = { predictor: 0, colour: 1, green: 2, palette: 3 }
const tiles = (side: number, bits: number): number => Math.ceil(side / 2 ** bits)
const pixels = (n: number, random: Random): number[] => Array.from({ length: n }, () => (random(65_536) << 16) | random(65_536))

/** A valid file with such a bitstream, its symbols by a seed. */
export function randomStream(seed: number, options: StreamOptions): Uint8Array {
  const { width, height, cacheBits = 0, groups } = options
  const random = randomFrom(seed)
  const out = bitWriter()
  putHeader(out, width, height)
  const coded = putTransforms(out, options, random)
  out.bits(0, 1)
  out.bits(cacheBits > 0 ? 1 : 0, 1)
  if (cacheBits > 0) out.bits(cacheBits, 4)
  out.bits(groups ? 1 : 0, 1)
  let groupAt = (_x: number, _y: number): number => 0
  if (groups) {
    const { bits, count } = groups
    const across = tiles(coded, bits)
    const numbers = Array.from({ length: across * tiles(height, bits) }, (_, i) => (i < count ? count - 1 - i : random(count)))
    out.bits(bits - 2, 3)
    putSmallImage(
      out,
      numbers.map((number) => (number << 8) | (random(2) << 31)),
    )
    groupAt = (x, y) => numbers[(y >> bits) * across + (x >> bits)] ?? 0
  }
  const all = Array.from({ length: groups?.count ?? 1 }, () => putGroup(out, options, random))
  putPixels(out, { ...options, width: coded }, all, groupAt, random)
  return losslessFile(out)
}

/** @returns the width in coded pixels. */
function putTransforms(out: BitWriter, { width, height, transforms = [] }: StreamOptions, random: Random): number {
  let coded = width
  for (const transform of transforms) {
    out.bits(1, 1)
    out.bits(KINDS[transform.kind], 2)
    if (transform.kind === 'palette') {
      const { colours } = transform
      out.bits(colours - 1, 8)
      putSmallImage(out, pixels(colours, random))
      coded = tiles(coded, colours > 16 ? 0 : colours > 4 ? 1 : colours > 2 ? 2 : 3)
    } else if (transform.kind !== 'green') {
      const { bits, modes, kind } = transform
      out.bits(bits - 2, 3)
      const n = tiles(coded, bits) * tiles(height, bits)
      const mode = (): number => ((modes?.[random(modes.length)] ?? random(16)) << 8) | (random(256) << 16)
      putSmallImage(out, kind === 'colour' ? pixels(n, random) : Array.from({ length: n }, mode))
    }
  }
  return coded
}

function putGroup(
  out: BitWriter,
  { cacheBits = 0, codes = ['flat', 'flat', 'flat', 'flat', 'flat'] }: StreamOptions,
  random: Random,
): Group {
  const [green, red, blue, alpha, distance] = codes
  const group: Group = [
    codeOf(green, 280 + (cacheBits > 0 ? 2 ** cacheBits : 0), random, random(256)),
    codeOf(red, 256, random, random(256)),
    codeOf(blue, 256, random, random(256)),
    codeOf(alpha, 256, random, random(256)),
    codeOf(distance, 40, random, random(4)),
  ]
  for (const lengths of group) putCode(out, lengths, random(3) === 0)
  return group
}

function putPixels(
  out: BitWriter,
  { width, height, copies = true }: StreamOptions,
  groups: readonly Group[],
  groupAt: (x: number, y: number) => number,
  random: Random,
): void {
  const write = pixelWriter(out, groups, groupAt)
  const symbols = groups.map((group) => group.map((lengths) => lengths.flatMap((length, symbol) => (length > 0 ? [symbol] : []))))
  const literals = symbols.map(([green = []]) => green.filter((symbol) => symbol < 256))
  const pick = (from: readonly number[] = []): number => from[random(from.length)] ?? 0
  for (let p = 0; p < width * height;) {
    const [x, y] = [p % width, Math.floor(p / width)]
    const group = groupAt(x, y)
    const [green, red, blue, alpha, distances] = symbols[group] ?? []
    const symbol = pick(green)
    if (symbol >= 280) {
      write.cached(x, y, symbol - 280)
      p++
      continue
    }
    if (symbol >= 256 && copies) {
      const [length, distance] = [prefixOf(symbol - 256), pick(distances)]
      const back = prefixOf(distance)
      const [extra, backExtra] = [random(2 ** length.bits), random(2 ** back.bits)]
      // Near places are at most eight rows up.
      const reach = back.least + backExtra <= 120 ? 7 * width + 8 : back.least + backExtra - 120
      if (reach <= p && length.least + extra <= width * height - p) {
        write.copy(x, y, symbol - 256, extra, distance, backExtra)
        p += length.least + extra
        continue
      }
    }
    write.literal(x, y, [pick(literals[group]), pick(red), pick(blue), pick(alpha)])
    p++
  }
}
