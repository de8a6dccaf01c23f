// Files whose scans are read in turns, some rows of each. A file that fits into one part is the definition: there each scan is read from its beginning
// to its end before the next one.
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import type { JpegDecodeOptions } from '../../../../src/image/engine/jpeg/decode/decoder.ts'
import { estimateScaledBytes } from '../../../../src/image/engine/jpeg/scaled/estimate.ts'
import { decodeJpeg } from '../../../../src/image/engine/jpeg/decode/decoder.ts'
import { probeJpeg } from '../../../../src/image/engine/jpeg/header.ts'
import { randomComponents, randomNumbers } from '../../../support/jpeg-coefficients.ts'
import { decodePlanes, dirtyCore, planesDiffer } from '../../../support/jpeg-decoding.ts'
import { type WrittenScan, writeJpeg } from '../../../support/jpeg-writer.ts'

const SCALES = [1, 2, 4, 8] as const
const SAMPLINGS = [
  [[1, 1]],
  [
    [1, 1],
    [1, 1],
    [1, 1],
  ],
  [
    [2, 2],
    [1, 1],
    [1, 1],
  ],
  [
    [4, 2],
    [1, 1],
    [1, 1],
  ],
  [
    [1, 2],
    [2, 1],
    [1, 1],
  ],
  [
    [1, 4],
    [1, 1],
    [1, 1],
    [1, 4],
  ],
] as const
const WHOLE = { start: 0, end: 63, high: 0, low: 0 }

const random = randomNumbers(20)
const below = (limit: number): number => Math.floor(random() * limit)
const pick = <T>(list: readonly T[]): T => list[below(list.length)]!
const shuffled = <T>(list: readonly T[]): T[] =>
  list
    .map((value) => ({ value, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value)

/** DC and bands of AC of every component, refined step by step, in any order that the standard permits: now and then in one that it does not. */
function progression(count: number): WrittenScan[] {
  const all = Array.from({ length: count }, (_, i) => i)
  const steps = (components: number[], start: number, end: number, low: number): WrittenScan[] =>
    Array.from({ length: low + 1 }, (_, i) => ({ components, start, end, high: i === 0 ? 0 : low - i + 1, low: low - i }))
  const [first, ...refinements] = random() < 0.6 ? [steps(all, 0, 0, below(3))] : all.map((c) => steps([c], 0, 0, below(3)))
  const bands = all.flatMap((c) => {
    const edge = 1 + below(62)
    return random() < 0.5 ? [steps([c], 1, 63, below(4))] : [steps([c], 1, edge, below(3)), steps([c], edge + 1, 63, below(3))]
  })
  const waiting = [...refinements, ...bands, first!.slice(1)].filter((scans) => scans.length > 0)
  const scans = first!.slice(0, 1)
  while (waiting.length > 0) {
    const chain = pick(waiting)
    scans.push(chain.shift()!)
    if (chain.length === 0) waiting.splice(waiting.indexOf(chain), 1)
  }
  return random() < 0.2 ? shuffled([...scans, pick(scans)]) : scans
}

/** Scans of one or two components, now and then one of them twice. */
function separation(count: number): WrittenScan[] {
  const order = shuffled(Array.from({ length: count }, (_, i) => i))
  const groups = count > 2 && random() < 0.5 ? [order.slice(0, 2), ...order.slice(2).map((c) => [c])] : order.map((c) => [c])
  return [...groups, ...(random() < 0.2 ? [[order[0]!]] : [])].map((components) => ({ components, ...WHOLE }))
}

function randomFile(isProgressive: boolean): Uint8Array {
  const sampling = pick(SAMPLINGS.slice(isProgressive ? 0 : 1)).map(([h, v]) => ({ h, v }))
  const [width, height] = [1 + below(70), 40 + below(160)]
  const components = randomComponents(width, height, sampling, random)
  const order = isProgressive ? progression(sampling.length) : separation(sampling.length)
  const scans = order.map((scan) => (random() < 0.3 ? { ...scan, rotation: below(256) } : scan))
  return writeJpeg({ width, height, components, scans, restartInterval: pick([0, 0, 1, 2, 7, 30]), isProgressive })
}

/** Damage to the scans: bytes, markers and fill bytes that do not belong there, missing and doubled pieces, the end. */
function damaged(file: Uint8Array): Uint8Array {
  const scans = file.findIndex((byte, i) => byte === 0xff && file[i + 1] === 0xda)
  const bytes = [...file]
  for (let changes = 1 + below(4); changes > 0; changes--) {
    const [at, length] = [scans + below(bytes.length - scans), below(30)]
    const insert = (...list: number[]): unknown => bytes.splice(at, 0, ...list)
    const kinds = [
      () => (bytes[at] = pick([0xff, below(256)])),
      () => bytes.splice(at, length),
      () => insert(...bytes.slice(scans + below(bytes.length - scans)).slice(0, length)),
      () => insert(0xff, 0xff, 0xd0 + below(8)),
      () => insert(0xff, 0xff),
      () => insert(0xff, pick([0, 1, 0x42, 0xd8, 0xd9, 0xda, 0xc8, 0xf0])),
      () => random() < 0.3 && bytes.splice(at),
    ]
    pick(kinds)()
  }
  return Uint8Array.from(bytes)
}

function outcome(file: Uint8Array, options: JpegDecodeOptions) {
  try {
    const { planes, warnings } = decodePlanes(file, options)
    return { planes, warnings: warnings.toSorted(), error: '' }
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid_image') return { planes: [], warnings: [], error: error.message }
    throw error
  }
}

/** Answers what the definition shows. */
function expectPartsAlike(file: Uint8Array, options: JpegDecodeOptions, what: string): ReturnType<typeof outcome> {
  const whole = outcome(file, options)
  for (const partBytes of [1, 20_000]) {
    const { planes, warnings, error } = outcome(file, { ...options, partBytes })
    expect([error, warnings], what).toEqual([whole.error, whole.warnings])
    expect(planesDiffer(planes, whole.planes), what).toBe('')
  }
  return whole
}

describe.each([
  ['progressive', true],
  ['sequential', false],
] as const)('%s scans that are read in turns', (_, isProgressive) => {
  it('show what they show one after the other, at every scale, whole and in part', () => {
    for (let round = 0; round < 40; round++) {
      const file = randomFile(isProgressive)
      const region = round % 2 === 0 ? undefined : { x: below(70), y: below(200), width: 1 + below(70), height: 1 + below(100) }
      for (const scale of SCALES)
        expect(expectPartsAlike(file, { scale, region, keepsSubsampling: round % 3 === 0 }, `file ${round}, 1/${scale}`).error).toBe('')
    }
  })

  it('show the same of damaged files, and say the same of them', () => {
    let errors = 0
    const told = new Set<string>()
    for (let round = 0; round < 30; round++) {
      const file = randomFile(isProgressive)
      for (let change = 0; change < 8; change++) {
        const { error, warnings } = expectPartsAlike(damaged(file), { scale: SCALES[change % 4]! }, `file ${round}, change ${change}`)
        if (error) errors++
        for (const warning of warnings) told.add(warning)
      }
    }
    expect(errors).toBeGreaterThan(10)
    for (const warning of ['file ends', 'segment ends', 'Restart markers', ...(isProgressive ? ['outside its block'] : [])])
      expect([...told].join()).toContain(warning)
  })
})

describe.each([
  ['progressive', true, progression],
  ['sequential', false, separation],
] as const)('the end of %s scans', (_, isProgressive, scansOf) => {
  it('is not at a marker without a meaning between restart markers', () => {
    const sampling = Array.from({ length: 3 }, () => ({ h: 1, v: 1 }))
    const components = randomComponents(60, 50, sampling, random)
    const file = writeJpeg({ width: 60, height: 50, components, scans: scansOf(3), restartInterval: 10, isProgressive })
    const restart = file.findIndex((byte, i) => byte === 0xff && file[i + 1] === 0xd1)
    const surplus = Uint8Array.from([...file.subarray(0, restart), 0xff, 0x42, 1, 2, 3, ...file.subarray(restart)])
    const [whole, odd] = [decodePlanes(file), decodePlanes(surplus)]
    expect(planesDiffer(odd.planes, whole.planes)).toBe('')
    expect(odd.warnings).toEqual(['Restart markers are missing or out of order.'])
  })
})

const NOISE = Buffer.from(Uint8Array.from({ length: 300 * 800 * 3 }, (_, i) => Math.imul(i + 1, 2_654_435_761) >>> 24))
const noise = (height: number) => sharp(NOISE.subarray(0, 300 * height * 3), { raw: { width: 300, height, channels: 3 } })

it('Huffman tables that each scan defines anew come back with it', async () => {
  for (const chromaSubsampling of ['4:2:0', '4:4:4']) {
    const file = await noise(200).jpeg({ quality: 70, progressive: true, chromaSubsampling }).toBuffer()
    expect(file.toString('latin1').split('\xff\xc4').length, 'tables').toBeGreaterThan(8)
    expect(expectPartsAlike(file, { scale: 1 }, chromaSubsampling).warnings).toEqual([])
  }
})

/** A picture of 300 pixels across, each component in a scan of its own. */
const separate = (height: number): Uint8Array => {
  const sampling = [
    { h: 1, v: 1 },
    { h: 1, v: 1 },
    { h: 1, v: 1 },
  ]
  const components = randomComponents(300, height, sampling, randomNumbers(1))
  return writeJpeg({ width: 300, height, components, scans: [0, 1, 2].map((c) => ({ components: [c], ...WHOLE })) })
}

describe('memory', () => {
  const progressive = (height: number): Promise<Uint8Array> =>
    noise(height).jpeg({ quality: 95, progressive: true, chromaSubsampling: '4:4:4' }).toBuffer()

  it.each([
    ['progressive scans', progressive, 300_000],
    ['sequential scans', separate, 50_000],
  ])('of %s does not grow with the height of the picture', async (_what, make, partBytes) => {
    const bytesOf = async (height: number): Promise<number> => {
      const core = dirtyCore(0)
      const stream = decodeJpeg(core, await make(height), { scale: 1, partBytes })
      while (stream.next());
      return core.mark()
    }
    expect(await bytesOf(800)).toBe(await bytesOf(400))
  })

  it.each([
    ['4:2:0', 0x22],
    ['4:4:4', 0x11],
    ['4:2:2', 0x21],
  ])('of 100 megapixels at full size is planned with little, however the scans are divided: %s', async (_what, factors) => {
    const file = new Uint8Array(await noise(8).jpeg({ progressive: true }).toBuffer())
    const frame = file.findIndex((byte, i) => byte === 0xff && file[i + 1] === 0xc2)
    const [width, height] = [11_900, 8_300]
    file.set([height >> 8, height & 255, width >> 8, width & 255], frame + 5)
    file[frame + 11] = factors
    const target = { window: { x: 0, y: 0, width, height }, width, height, kernel: 'lanczos3' } as const
    for (const process of ['progressive', 'baseline'] as const) {
      const header = { ...probeJpeg(file), process }
      expect(estimateScaledBytes({ header, fileBytes: 30_000_000, isInterleaved: false, conversion: null }, 1, target)).toBeLessThan(
        10_000_000,
      )
    }
  })
})

it('scans are found in a long file while others compute', () => {
  const blocks = Array.from({ length: 4 }, () => new Int16Array(64).fill(1))
  const scans = [
    { components: [0], start: 0, end: 0, high: 0, low: 0 },
    { components: [0], start: 1, end: 63, high: 0, low: 0 },
  ]
  const short = writeJpeg({ width: 16, height: 16, components: [{ h: 1, v: 1, blocks }], scans, isProgressive: true })
  const end = short.findLastIndex((byte, i) => byte === 0xff && short[i + 1] === 0xda)
  const long = new Uint8Array(short.length + 5_000_000)
  long.set(short.subarray(0, end))
  long.set(short.subarray(end), end + 5_000_000)
  const stream = decodeJpeg(dirtyCore(), long, { scale: 1 })
  let breaks = 0
  while (stream.next()?.[0]?.rows === 0) breaks++
  expect(breaks).toBeGreaterThanOrEqual(4)
})

it('scans of one component each let others compute between them', () => {
  const stream = decodeJpeg(dirtyCore(), separate(800), { scale: 1, partBytes: 2 ** 24 })
  let breaks = 0
  while (stream.next()?.[0]?.rows === 0) breaks++
  expect(breaks).toBeGreaterThanOrEqual(2)
})
