import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { randomComponents, randomNumbers } from '../../../support/jpeg-coefficients.ts'
import { decodePlanes, decodeRgb, maxDifference } from '../../../support/jpeg-decoding.ts'
import { segment, type WrittenJpeg, type WrittenScan, writeJpeg } from '../../../support/jpeg-writer.ts'

const SCALES = [1, 2, 4, 8] as const
const WHOLE = { start: 0, end: 63, high: 0, low: 0 }
const INTERLEAVED: WrittenScan[] = [{ components: [0, 1, 2], ...WHOLE }]
const PROGRESSION: WrittenScan[] = [
  { components: [0, 1, 2], start: 0, end: 0, high: 0, low: 1 },
  ...[0, 1, 2].map((c) => ({ components: [c], start: 1, end: 63, high: 0, low: 1 })),
  { components: [0, 1, 2], start: 0, end: 0, high: 1, low: 0 },
  ...[0, 1, 2].map((c) => ({ components: [c], start: 1, end: 63, high: 1, low: 0 })),
]
const SAMPLING = [
  { h: 2, v: 2 },
  { h: 1, v: 1 },
  { h: 1, v: 1 },
]

function jpeg(width: number, height: number, more: Partial<WrittenJpeg> = {}): WrittenJpeg {
  return { width, height, components: randomComponents(width, height, SAMPLING, randomNumbers(width)), scans: INTERLEAVED, ...more }
}

const KINDS: Record<string, Uint8Array> = {
  baseline: writeJpeg(jpeg(40, 30)),
  'with restart markers': writeJpeg(jpeg(40, 30, { restartInterval: 2 })),
  'several scans': writeJpeg(jpeg(40, 30, { scans: [0, 1, 2].map((c) => ({ components: [c], ...WHOLE })) })),
  progressive: writeJpeg(jpeg(40, 30, { isProgressive: true, scans: PROGRESSION })),
  'progressive with restart markers': writeJpeg(jpeg(40, 30, { isProgressive: true, scans: PROGRESSION, restartInterval: 3 })),
  'encoded by libjpeg': new Uint8Array(
    await sharp({ create: { width: 40, height: 30, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 30 } } })
      .jpeg({ quality: 60, progressive: true })
      .toBuffer(),
  ),
}

/** A picture, perhaps with warnings, or one of the two errors for damaged files: anything else is a failure. */
function outcome(file: Uint8Array, scale: (typeof SCALES)[number] = 1): ReturnType<typeof decodeRgb> | string {
  try {
    return decodeRgb(file, { scale })
  } catch (error) {
    if (error instanceof AppError && ['invalid_image', 'unsupported_format', 'too_many_pixels'].includes(error.code)) return error.code
    throw error
  }
}

describe('truncation', () => {
  it.each(Object.keys(KINDS))('at every byte ends in a picture of the full size or an error: %s', (kind) => {
    const file = KINDS[kind]!
    const scanStart = file.findIndex((byte, i) => byte === 0xff && file[i + 1] === 0xda)
    for (let length = 0; length < file.length - 2; length++) {
      const result = outcome(file.slice(0, length), SCALES[length % 4])
      if (length < scanStart) expect(result).toMatch(/invalid_image|unsupported_format/)
      else if (length > scanStart + 14) expect(result).toMatchObject({ width: Math.ceil(40 / SCALES[length % 4]!) })
    }
  })

  it('keeps what has come, shows gray for the rest, and says so', () => {
    const whole = jpeg(64, 160)
    const file = writeJpeg(whole)
    const cut = file.slice(0, file.length - Math.floor((file.length - 700) / 2))
    const [full, part] = [decodePlanes(file), decodePlanes(cut)]
    const [before, after] = [full.planes[0]!.samples, part.planes[0]!.samples]
    expect(after.subarray(0, 64 * 48)).toEqual(before.subarray(0, 64 * 48))
    expect(new Set(after.subarray(64 * 144))).toEqual(new Set([128]))
    expect(full.warnings).toEqual([])
    expect(part.warnings).toEqual(['The file ends before the image does.', 'A segment ends before its data do.'])
  })
})

describe('restart markers', () => {
  const interval = 4
  const file = writeJpeg(jpeg(128, 64, { restartInterval: interval }))
  const markers = [...file.keys()].filter((i) => file[i] === 0xff && file[i + 1]! >= 0xd0 && file[i + 1]! <= 0xd7)
  const full = decodePlanes(file).planes[0]!.samples
  /** Rows of MCUs: 8 MCUs across, so two intervals a row. */
  const quarter = (samples: Uint8Array, row: number) => samples.subarray(row * 16 * 128, (row + 1) * 16 * 128)

  it('confine damage to their interval', () => {
    const damaged = file.slice()
    damaged.fill(0, markers[1]! + 10, markers[2]! - 10)
    const { planes } = decodePlanes(damaged)
    expect(quarter(planes[0]!.samples, 0)).toEqual(quarter(full, 0))
    expect(quarter(planes[0]!.samples, 1)).not.toEqual(quarter(full, 1))
    expect(quarter(planes[0]!.samples, 2)).toEqual(quarter(full, 2))
    expect(quarter(planes[0]!.samples, 3)).toEqual(quarter(full, 3))
  })

  it('end a run of empty blocks that claims to go on behind them', () => {
    const blocks = Array.from({ length: 8 }, (_, i) => Int16Array.from({ length: 64 }, (_value, k) => (k === 0 ? 50 : i < 4 ? 0 : 9 + i)))
    const scans = [
      { components: [0], start: 0, end: 0, high: 0, low: 0 },
      { components: [0], start: 1, end: 63, high: 0, low: 0 },
    ]
    const written = writeJpeg({
      width: 64,
      height: 8,
      components: [{ h: 1, v: 1, blocks }],
      scans,
      isProgressive: true,
      restartInterval: 4,
    })
    // A run of 4 to 7 empty blocks is the symbol 0x20 and two more bits: 00 for 4, then padding. 01 claims a fifth.
    const at = Buffer.from(written).indexOf(Buffer.from([0x20, 0x3f, 0xff, 0xd0]))
    expect(at).toBeGreaterThan(0)
    const longer = written.slice()
    longer[at + 1] = 0x7f
    expect(decodePlanes(longer).planes[0]!.samples).toEqual(decodePlanes(written).planes[0]!.samples)
  })

  it('find the way back when one interval, with its marker, is missing', () => {
    const missing = Uint8Array.from([...file.slice(0, markers[1]), ...file.slice(markers[2])])
    const { planes, warnings } = decodePlanes(missing)
    expect(quarter(planes[0]!.samples, 0)).toEqual(quarter(full, 0))
    expect(quarter(planes[0]!.samples, 2)).toEqual(quarter(full, 2))
    expect(quarter(planes[0]!.samples, 3)).toEqual(quarter(full, 3))
    expect(warnings).toContain('Restart markers are missing or out of order.')
  })

  it('may have fill bytes before them, which are no damage', () => {
    const filled = Uint8Array.from([...file.slice(0, markers[1]), 0xff, 0xff, ...file.slice(markers[1])])
    const { planes, warnings } = decodePlanes(filled)
    expect(planes[0]!.samples).toEqual(full)
    expect(warnings).toEqual([])
  })

  it('with a number that is far from the one due are taken for it', () => {
    for (const ahead of [3, 4, 5]) {
      const renamed = file.slice()
      renamed[markers[2]! + 1] = 0xd0 + ((2 + ahead) & 7)
      const { planes, warnings } = decodePlanes(renamed)
      expect(planes[0]!.samples).toEqual(full)
      expect(warnings).toEqual(['Restart markers are missing or out of order.'])
    }
  })

  it('are found behind surplus bytes, and after an old marker that comes again', async () => {
    const surplus = Uint8Array.from([...file.slice(0, markers[2]), 1, 2, 3, 0xff, 0xd1, 7, ...file.slice(markers[2])])
    expect(decodePlanes(surplus).planes[0]!.samples).toEqual(full)
    expect(
      maxDifference(decodeRgb(surplus).pixels, await sharp(surplus, { failOn: 'none' }).removeAlpha().raw().toBuffer()),
    ).toBeLessThanOrEqual(1)
  })
})

describe('mutation', () => {
  it.each(Object.keys(KINDS))('of random bytes ends in a picture or an error: %s', (kind) => {
    const file = KINDS[kind]!
    const random = randomNumbers(kind.length)
    const outcomes = new Set<string>()
    for (let round = 0; round < 400; round++) {
      const mutant = file.slice()
      for (let flips = 1 + Math.floor(random() * 4); flips > 0; flips--)
        mutant[Math.floor(random() * file.length)] = Math.floor(random() * 256)
      // A size of up to 65,535 squared is the caller's to refuse.
      const frame = mutant.findIndex((byte, i) => byte === 0xff && (mutant[i + 1] === 0xc1 || mutant[i + 1] === 0xc2))
      if ((mutant[frame + 5] ?? 0) > 0 || (mutant[frame + 7] ?? 0) > 0) continue
      const result = outcome(mutant, SCALES[round % 4])
      outcomes.add(typeof result === 'string' ? result : 'picture')
    }
    expect(outcomes).toContain('picture')
    expect(outcomes).toContain('invalid_image')
  })
})

describe('refusal', () => {
  const marked = (marker: number) => {
    const file = KINDS.baseline!.slice()
    file[file.findIndex((byte, i) => byte === 0xff && file[i + 1] === 0xc1) + 1] = marker
    return file
  }
  const without = (marker: number) => {
    const file = [...KINDS.baseline!]
    const at = file.findIndex((byte, i) => byte === 0xff && file[i + 1] === marker)
    file.splice(at, 2 + (file[at + 2]! << 8) + file[at + 3]!)
    return Uint8Array.from(file)
  }
  const inSegment = (marker: number, offset: number, value: number) => {
    const file = KINDS.baseline!.slice()
    file[file.findIndex((byte, i) => byte === 0xff && file[i + 1] === marker) + offset] = value
    return file
  }
  const beforeScan = (bytes: readonly number[]) => {
    const file = [...KINDS.baseline!]
    const scan = file.findIndex((byte, i) => byte === 0xff && file[i + 1] === 0xda)
    return Uint8Array.from([...file.slice(0, scan), ...bytes, ...file.slice(scan)])
  }
  const scans = (list: readonly Partial<WrittenScan>[]) =>
    writeJpeg(jpeg(40, 30, { isProgressive: true, scans: list.map((scan) => ({ components: [0], ...WHOLE, ...scan })) }))
  it.each([
    ['arithmetic coding', marked(0xc9), 'unsupported_format', 'jpeg arithmetic'],
    ['progressive arithmetic coding', marked(0xca), 'unsupported_format', 'jpeg arithmetic'],
    ['lossless coding', marked(0xc3), 'unsupported_format', 'jpeg lossless'],
    ['hierarchical coding', marked(0xc6), 'unsupported_format', 'jpeg hierarchical'],
    ['12 bits', inSegment(0xc1, 4, 12), 'unsupported_format', 'jpeg precision'],
    ['a missing quantisation table', without(0xdb), 'invalid_image', 'quantisation table 0'],
    ['a component that the frame lacks', inSegment(0xda, 5, 77), 'invalid_image', 'component'],
    ['a component twice in a scan', inSegment(0xda, 7, 1), 'invalid_image', 'component'],
    ['a Huffman table number of 4', inSegment(0xda, 6, 0x44), 'invalid_image', 'Huffman table 4'],
    ['a cut Huffman table', inSegment(0xc4, 5, 3), 'invalid_image', 'whole Huffman table'],
    [
      'three Huffman codes of one bit',
      beforeScan(segment(0xc4, [0, 3, ...Array.from({ length: 15 }, () => 0), 1, 2, 3])),
      'invalid_image',
      'usable DC',
    ],
    ['a DC symbol over 15', beforeScan(segment(0xc4, [0, 1, ...Array.from({ length: 15 }, () => 0), 16])), 'invalid_image', 'usable DC'],
    ['a whole band in a progressive scan', scans([{}]), 'invalid_image', '0 to 63'],
    ['a band that ends before it starts', scans([{ start: 9, end: 3 }]), 'invalid_image', '9 to 3'],
    ['a refinement of two bits', scans([{ start: 0, end: 0, high: 3, low: 1 }]), 'invalid_image', '3 to 1'],
    [
      '12 blocks in an MCU',
      writeJpeg(
        jpegOf([
          [2, 2],
          [2, 2],
          [2, 2],
        ]),
      ),
      'invalid_image',
      '12',
    ],
    [
      'two frames',
      Uint8Array.from([
        ...writeJpeg(jpeg(40, 30, { scans: [{ components: [0], ...WHOLE }] })).slice(0, -2),
        ...segment(0xc1, [8, 0, 30, 0, 40, 1, 1, 17, 0]),
      ]),
      'invalid_image',
      'two',
    ],
  ])('of %s', (_, file, code, message) => {
    let received: unknown
    try {
      decodePlanes(file)
    } catch (error) {
      received = error
    }
    expect(received).toMatchObject({ code, message: expect.stringContaining(message) })
  })

  function jpegOf(sampling: readonly (readonly [number, number])[]): WrittenJpeg {
    const factors = sampling.map(([h, v]) => ({ h, v }))
    return { width: 40, height: 30, components: randomComponents(40, 30, factors, randomNumbers(1)), scans: INTERLEAVED }
  }

  it('of more scans than any picture needs, before they are all decoded', () => {
    const endless = Array.from({ length: 2600 }, (): WrittenScan => ({ components: [0], start: 1, end: 1, high: 0, low: 0 }))
    const components = [{ h: 1, v: 1, blocks: [new Int16Array(64)] }]
    const small = writeJpeg({ width: 8, height: 8, components, scans: endless, isProgressive: true })
    expect(() => decodePlanes(small)).toThrow(/fewer scans/)
    // A large size makes each scan dear: far fewer of them are too many.
    const large = small.slice()
    const frame = large.findIndex((byte, i) => byte === 0xff && large[i + 1] === 0xc2)
    large.set([0x20, 0, 0x20, 0], frame + 5)
    expect(() => decodePlanes(large)).toThrow(/fewer scans|core memory/)
  })
})
