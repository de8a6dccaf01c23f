import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { openDecoder } from './pictures.ts'
import { randomStream, type StreamOptions, type Transform } from './random-stream.ts'
import {
  type BitWriter,
  bitWriter,
  type CodeKind,
  type Group,
  losslessFile,
  pixelWriter,
  putCode,
  putHeader,
  randomFrom,
} from './vp8l-writer.ts'

let decode: Awaited<ReturnType<typeof openDecoder>>

beforeAll(async () => {
  decode = await openDecoder()
})

/** Whether a file's pixels are those that libwebp gives. */
async function isLikeSharp(file: Uint8Array): Promise<boolean> {
  const expected = await sharp(file).ensureAlpha().raw().toBuffer()
  return Buffer.from(decode(file).data).equals(expected)
}

async function expectLikeSharp(cases: readonly StreamOptions[]): Promise<void> {
  for (const [i, options] of cases.entries()) expect(await isLikeSharp(randomStream(i + 1, options)), JSON.stringify(options)).toBe(true)
}

const SIZES = [
  { width: 1, height: 1 },
  { width: 1, height: 40 },
  { width: 40, height: 1 },
  { width: 5, height: 7 },
  { width: 33, height: 31 },
  { width: 130, height: 50 },
] as const
const everySize = (options: Omit<StreamOptions, 'width' | 'height'>): StreamOptions[] => SIZES.map((size) => ({ ...size, ...options }))
const LITERALS: StreamOptions['codes'] = ['some', 'flat', 'some', 'some', 'flat']

describe('bitstreams that no encoder makes decode as in libwebp', () => {
  it.each(Array.from({ length: 16 }, (_, mode) => mode))('predictor mode %i alone', (mode) =>
    expectLikeSharp([2, 3, 9].flatMap((bits) => everySize({ codes: LITERALS, transforms: [{ kind: 'predictor', bits, modes: [mode] }] }))),
  )

  it.each<[string, Transform]>([
    ['all predictor modes', { kind: 'predictor', bits: 2 }],
    ['cross colour', { kind: 'colour', bits: 2 }],
    ['cross colour, wide tiles', { kind: 'colour', bits: 5 }],
    ['subtract green', { kind: 'green' }],
    ...[1, 2, 3, 4, 5, 16, 17, 100, 256].map((colours): [string, Transform] => [`${colours} colours`, { kind: 'palette', colours }]),
  ])('%s', (_name, transform) => expectLikeSharp(everySize({ codes: LITERALS, transforms: [transform] })))

  it('transforms in any order', () => {
    const all: readonly Transform[] = [
      { kind: 'predictor', bits: 3 },
      { kind: 'colour', bits: 2 },
      { kind: 'green' },
      { kind: 'palette', colours: 7 },
    ]
    const random = randomFrom(5)
    const orders = Array.from({ length: 16 }, () => all.toSorted(() => random(3) - 1).slice(random(3)))
    return expectLikeSharp(orders.flatMap((transforms) => everySize({ codes: LITERALS, transforms })))
  })

  it.each(Array.from({ length: 11 }, (_, i) => i + 1))('a colour cache of %i bits', (cacheBits) =>
    expectLikeSharp(everySize({ cacheBits }).concat(everySize({ cacheBits, codes: ['some', 'long', 'one', 'one', 'some'] }))),
  )

  it('every kind of code in every place', () => {
    const kinds: readonly CodeKind[] = ['one', 'two', 'flat', 'long', 'some']
    const random = randomFrom(9)
    const pick = (): CodeKind => kinds[random(kinds.length)] ?? 'one'
    return expectLikeSharp(
      Array.from({ length: 120 }, (_, i) => ({ ...(SIZES[i % 6] ?? SIZES[0]), codes: [pick(), pick(), pick(), pick(), pick()] })),
    )
  })

  it('many groups of codes, with copies from tile to tile', () =>
    expectLikeSharp(
      [2, 3, 9].flatMap((bits) =>
        [2, 5, 300].flatMap((count) => everySize({ groups: { bits, count }, codes: ['flat', 'some', 'two', 'one', 'flat'], cacheBits: 2 })),
      ),
    ))

  it('everything together', () => {
    const random = randomFrom(21)
    return expectLikeSharp(
      Array.from({ length: 60 }, () => ({
        width: 1 + random(90),
        height: 1 + random(60),
        cacheBits: random(12),
        codes: ['flat', 'some', 'some', 'long', 'some'],
        ...(random(2) === 0 && { groups: { bits: 2 + random(4), count: 1 + random(12) } }),
        transforms: (
          [{ kind: 'predictor', bits: 2 + random(3) }, { kind: 'colour', bits: 2 + random(4) }, { kind: 'green' }] as const
        ).slice(random(3)),
      })),
    )
  })
})

/** A code with these symbols, all of one length: their number is a power of two. */
const evenCode = (alphabet: number, symbols: readonly number[]): number[] =>
  Array.from({ length: alphabet }, (_, symbol) => (symbols.includes(symbol) ? Math.log2(symbols.length) || 1 : 0))

const COPYING: Group = [
  evenCode(280, [1, 50, 100, 150, 200, 250, 256, 279]),
  evenCode(256, [7]),
  evenCode(256, [0, 200]),
  evenCode(256, [255]),
  evenCode(40, [0, 1, 38, 39]),
]
const LONGEST = 23
const FARTHEST = 39

/** A picture of literals up to pixel `copyAt`, then of copies of 4,096 pixels from `distance` symbols and extra bits on, as many as fit or are wished. */
function copyingFile(
  width: number,
  height: number,
  copyAt: number,
  [distance, extra]: readonly [number, number],
  most = Infinity,
): Uint8Array {
  const out = bitWriter()
  putHeader(out, width, height)
  out.bits(0, 3)
  for (const lengths of COPYING) putCode(out, lengths)
  const write = pixelWriter(out, [COPYING], () => 0)
  const random = randomFrom(3)
  let p = 0
  for (let copies = 0; p < width * height;) {
    if (p >= copyAt && copies < most && (most < Infinity || p + 4096 <= width * height)) {
      write.copy(0, 0, LONGEST, 1023, distance, extra)
      p += 4096
      copies++
    } else {
      write.literal(0, 0, [[1, 50, 100, 150, 200, 250][random(6)] ?? 1, 7, random(2) * 200, 255])
      p++
    }
  }
  return losslessFile(out)
}

describe('copies', () => {
  it('reach 1,048,456 pixels back, over the end of the ring', async () => {
    expect(await isLikeSharp(copyingFile(1100, 1000, 1_048_456, [FARTHEST, 2 ** 18 - 1]))).toBe(true)
  })

  it('repeat what they write', async () => {
    for (const width of [1, 2, 3, 4, 5, 700])
      expect(await isLikeSharp(copyingFile(width, 14_000 / width, 1500, [1, 0])), `${width}`).toBe(true)
    expect(await isLikeSharp(copyingFile(16_383, 70, 900_000, [0, 0]))).toBe(true)
  })

  it('do not begin before the picture, nor end behind it', () => {
    expect(() => decode(copyingFile(1100, 1000, 1_048_455, [FARTHEST, 2 ** 18 - 1]))).toThrow('the pixels are damaged')
    expect(() => decode(copyingFile(20, 20, 5, [FARTHEST, 0], 1))).toThrow('the pixels are damaged')
    expect(() => decode(copyingFile(20, 300, 1904, [1, 0], 1)).data.length).not.toThrow()
    expect(() => decode(copyingFile(20, 300, 1905, [1, 0], 1))).toThrow('the pixels are damaged')
  })
})

/** A picture of one pixel behind whose header `put` writes. */
function begun(put: (out: BitWriter) => void): Uint8Array {
  const out = bitWriter()
  putHeader(out, 1, 1)
  put(out)
  out.bits(0, 4000)
  return losslessFile(out)
}

describe('what is wrong is an error', () => {
  const [one, none] = [evenCode(280, [9]), evenCode(40, [])]
  const cases: readonly [string, (out: BitWriter) => void][] = [
    ['a transform twice', (out) => [1, 2, 1, 2].forEach((value, i) => out.bits(value, 1 + (i % 2)))],
    ['a colour cache of no bits', (out) => [0, 1].forEach((value) => out.bits(value, 1))],
    ['a colour cache of 12 bits', (out) => [0, 1, 0, 0, 1, 1].forEach((value) => out.bits(value, 1))],
    ['a code that is not complete', (out) => (out.bits(0, 3), putCode(out, [2, 2, 2, ...Array.from({ length: 277 }, () => 0)], true))],
    ['a code with too many', (out) => (out.bits(0, 3), putCode(out, [1, 1, 1, ...Array.from({ length: 277 }, () => 0)], true))],
    [
      'a code without a symbol',
      (out) => (out.bits(0, 3), [one, one, one, one].forEach((code) => putCode(out, code)), putCode(out, none, true)),
    ],
    [
      'a distance that no code has',
      (out) => (out.bits(0, 3), [one, one, one, one, evenCode(256, [40])].forEach((code) => putCode(out, code))),
    ],
    [
      'more lengths than symbols',
      (out) => (
        out.bits(0, 3),
        putCode(
          out,
          Array.from({ length: 300 }, () => 8),
          true,
        )
      ),
    ],
  ]
  it.each(cases)('%s', async (_name, put) => {
    const file = begun(put)
    expect(() => decode(file)).toThrow('the pixels are damaged')
    await expect(sharp(file).raw().toBuffer()).rejects.toThrow(/./)
  })

  it('a later version', async () => {
    const file = begun((out) => out.bits(0, 1))
    file[24] = (file[24] ?? 0) | 0x20
    expect(() => decode(file)).toThrow('version')
    await expect(sharp(file).raw().toBuffer()).rejects.toThrow(/./)
  })

  it('more codes than the memory for them', () => {
    const file = randomStream(1, {
      width: 148,
      height: 148,
      groups: { bits: 2, count: 1369 },
      cacheBits: 11,
      codes: ['flat', 'one', 'one', 'one', 'one'],
    })
    expect(() => decode(file)).toThrow(expect.objectContaining({ code: 'too_many_pixels' }))
  })

  it('a file that is cut, at any byte', () => {
    const file = randomStream(7, { width: 40, height: 30, cacheBits: 3, transforms: [{ kind: 'predictor', bits: 2 }] })
    for (let length = 25; length < file.length - 1; length++) {
      const size = length - 20
      const cut = file.slice(0, length)
      expect(() => decode(cut), `${length}`).toThrow('the pixels end too early')
      cut.set([size & 255, size >> 8], 16) // a chunk that says so
      expect(() => decode(cut), `${length}`).toThrow('the pixels end too early')
    }
  })

  it('by a seed: bits turned over anywhere give what libwebp gives, or an error where it has one', async () => {
    let [pictures, errors] = [0, 0]
    for (let seed = 1; seed <= 300; seed++) {
      const random = randomFrom(seed)
      const file = randomStream(seed, {
        width: 20 + random(30),
        height: 10 + random(20),
        cacheBits: random(6),
        codes: ['some', 'long', 'some', 'one', 'flat'],
        transforms: [{ kind: 'predictor', bits: 2 }, { kind: 'green' }],
        ...(random(2) === 0 && { groups: { bits: 3, count: 3 } }),
      })
      for (let i = 0; i <= random(3); i++) {
        const at = 25 + random(random(2) === 0 ? 150 : file.length - 25) // behind the sides
        if (at < file.length) file[at] = (file[at] ?? 0) ^ (1 << random(8))
      }
      const expected = await sharp(file)
        .ensureAlpha()
        .raw()
        .toBuffer()
        .catch(() => null)
      try {
        expect(Buffer.from(decode(file).data).equals(expected ?? Buffer.alloc(0)), `seed ${seed}`).toBe(true)
        pictures++
      } catch (error) {
        if (!(error instanceof AppError)) throw error
        expect(error.code).toBe('invalid_image')
        expect(expected, `seed ${seed}: ${error.reason}`).toBe(null)
        errors++
      }
    }
    expect(Math.min(pictures, errors)).toBeGreaterThan(30)
  })
})
