import fc from 'fast-check'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { decodePlanes, decodeRgb, maxDifference, meanDifference, planesDiffer } from '../../../support/jpeg-decoding.ts'
import { randomComponents, randomNumbers } from '../../../support/jpeg-coefficients.ts'
import { ZIGZAG } from '../../../../src/image/engine/jpeg/zigzag.ts'
import { COMMON_SAMPLINGS } from '../../../support/jpeg-samplings.ts'
import { blockGrid, segment, type WrittenJpeg, type WrittenScan, writeJpeg } from '../../../support/jpeg-writer.ts'

const SCALES = [1, 2, 4, 8] as const
const ALL: Pick<WrittenScan, 'start' | 'end' | 'high' | 'low'> = { start: 0, end: 63, high: 0, low: 0 }
const interleaved = (count: number): WrittenScan[] => [{ components: Array.from({ length: count }, (_, i) => i), ...ALL }]
/** Without JFIF or Adobe marker, components 1, 2, 3 are YCbCr. */
const ADOBE = (transform: number) => segment(0xee, [...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, transform])

const SAMPLINGS = {
  ...COMMON_SAMPLINGS,
  '4:1:0': [
    [4, 2],
    [1, 1],
    [1, 1],
  ],
  '1:4 down': [
    [1, 4],
    [1, 1],
    [1, 1],
  ],
  'Cb and Cr differ': [
    [2, 2],
    [2, 1],
    [1, 2],
  ],
  'luminance subsampled': [
    [1, 1],
    [2, 2],
    [2, 1],
  ],
  'a common factor': [
    [2, 1],
    [2, 1],
    [2, 1],
  ],
} as const satisfies Record<string, readonly (readonly [number, number])[]>

const factors = (name: keyof typeof SAMPLINGS) => SAMPLINGS[name].map(([h, v]) => ({ h, v }))

function randomJpeg(
  name: keyof typeof SAMPLINGS,
  width: number,
  height: number,
  seed: number,
  more: Partial<WrittenJpeg> = {},
): WrittenJpeg {
  return { width, height, components: randomComponents(width, height, factors(name), randomNumbers(seed)), scans: interleaved(3), ...more }
}

async function sharpRgb(file: Uint8Array): Promise<Uint8Array> {
  return sharp(file).toColourspace('srgb').removeAlpha().raw().toBuffer()
}

/** libjpeg's builds may round a sample differently here and there, not everywhere. */
async function expectLikeSharp(file: Uint8Array, same: Uint8Array = file): Promise<void> {
  const [ours, theirs] = [decodeRgb(file).pixels, await sharpRgb(same)]
  expect(maxDifference(ours, theirs)).toBeLessThanOrEqual(1)
  expect(meanDifference(ours, theirs)).toBeLessThan(0.02)
}

describe('full size, against libjpeg (sharp)', () => {
  it('decodes what an encoder makes of random pictures', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          width: fc.integer({ min: 1, max: 90 }),
          height: fc.integer({ min: 1, max: 70 }),
          quality: fc.integer({ min: 1, max: 100 }),
          progressive: fc.boolean(),
          chromaSubsampling: fc.constantFrom('4:2:0', '4:4:4'),
          optimiseCoding: fc.boolean(),
          seed: fc.nat(),
        }),
        async ({ width, height, seed, ...options }) => {
          const random = randomNumbers(seed)
          const [a, b] = [random() * 0.3, random() * 0.3]
          const pixels = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
            const [x, y] = [Math.floor(i / 3) % width, Math.floor(i / 3 / width)]
            return 128 + 100 * Math.sin(a * x + b * y + (i % 3)) + (random() - 0.5) * 50
          })
          const file = await sharp(pixels, { raw: { width, height, channels: 3 } })
            .jpeg(options)
            .toBuffer()
          const decoded = decodeRgb(file)
          expect([decoded.width, decoded.height, decoded.warnings]).toEqual([width, height, []])
          await expectLikeSharp(file)
        },
      ),
      { numRuns: 60, seed: 1 },
    )
  })

  it.each(Object.keys(SAMPLINGS) as (keyof typeof SAMPLINGS)[])('decodes sampling %s', async (name) => {
    // Sizes around the edges of MCUs, and widths where the smooth filter has no inner sample.
    for (const [width, height] of [
      [1, 1],
      [3, 5],
      [16, 16],
      [17, 33],
      [65, 31],
      [71, 40],
    ] as const) {
      const file = writeJpeg(randomJpeg(name, width, height, width))
      const decoded = decodeRgb(file)
      expect([decoded.width, decoded.height, decoded.warnings]).toEqual([width, height, []])
      await expectLikeSharp(file)
    }
  })

  it('decodes gray, whatever its sampling factors', async () => {
    for (const sampling of [
      { h: 1, v: 1 },
      { h: 2, v: 2 },
      { h: 4, v: 1 },
    ]) {
      // One component is never interleaved: its blocks are those of 1x1.
      const { blocks } = randomComponents(37, 21, [{ h: 1, v: 1 }], randomNumbers(5))[0]!
      const plain = writeJpeg({ width: 37, height: 21, components: [{ h: 1, v: 1, blocks }], scans: interleaved(1) })
      const file = plain.slice()
      file[file.indexOf(0xc1, file.indexOf(0xff, 100)) + 10] = (sampling.h << 4) | sampling.v
      expect(decodePlanes(file).colour).toBe('gray')
      await expectLikeSharp(file, plain)
    }
  })

  it('repeats the nearest samples where factors are no multiples of each other, which libjpeg refuses', () => {
    const sampling = [
      { h: 3, v: 2 },
      { h: 2, v: 1 },
      { h: 1, v: 2 },
    ]
    const file = writeJpeg({
      width: 55,
      height: 41,
      components: randomComponents(55, 41, sampling, randomNumbers(2)),
      scans: interleaved(3),
    })
    for (const scale of SCALES) {
      const { planes } = decodePlanes(file, { scale })
      const { width, height, pixels } = decodeRgb(file, { scale })
      const finest = planes[0]!.component
      expect([width, height]).toEqual([finest.width, finest.height])
      const sample = ({ component, samples }: (typeof planes)[number], x: number, y: number) => {
        const column = Math.min(component.width - 1, Math.floor((x + 0.5) * (component.scaleX / finest.scaleX) + 1e-4))
        const row = Math.min(component.height - 1, Math.floor((y + 0.5) * (component.scaleY / finest.scaleY)))
        return samples[row * component.width + column]!
      }
      // Green alone depends on all three; columns whose centre falls between two samples may take either.
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          if (x % 3 === 1) continue
          const [luma, cb, cr] = planes.map((plane) => sample(plane, x, y)) as [number, number, number]
          const green = Math.min(255, Math.max(0, luma - 0.344136 * (cb - 128) - 0.714136 * (cr - 128)))
          expect(Math.abs(pixels[(y * width + x) * 3 + 1]! - green), `1/${scale}, pixel ${x}, ${y}`).toBeLessThan(1)
        }
      }
    }
  })

  it('decodes samples that reach the limits and quantisers of 16 bits', async () => {
    const quantisers = Array.from({ length: 64 }, (_, k) => (k === 0 ? 16 : 200 + k))
    const components = randomComponents(50, 50, factors('4:2:0'), randomNumbers(9), { dc: 60, ac: 6 })
    const file = writeJpeg({ width: 50, height: 50, components, scans: interleaved(3), quantisers })
    await expectLikeSharp(file)
  })

  it('takes colour from the Adobe marker and from component ids', async () => {
    const rgb = randomJpeg('4:4:4', 20, 20, 3)
    const marked = writeJpeg({ ...rgb, segments: [ADOBE(0)] })
    const named = writeJpeg({ ...rgb, components: rgb.components.map((component, i) => ({ ...component, id: 'RGB'.charCodeAt(i) })) })
    for (const file of [marked, named]) {
      expect(decodePlanes(file).colour).toBe('rgb')
      await expectLikeSharp(file)
    }
    expect(decodePlanes(writeJpeg({ ...rgb, segments: [ADOBE(1)] })).colour).toBe('ycbcr')
  })
})

describe('scaled', () => {
  // A.3.3 of the standard. A reduced inverse DCT answers the means of what the full one answers.
  it('shows each coefficient alone as its cosine, at every scale', () => {
    const basis = (k: number, value: number) => {
      const [row, column] = [ZIGZAG[k]! >> 3, ZIGZAG[k]! & 7]
      const norm = (index: number) => (index === 0 ? Math.SQRT1_2 : 1)
      const cosine = (index: number, x: number) => norm(index) * Math.cos(((2 * x + 1) * index * Math.PI) / 16)
      return (x: number, y: number) => 128 + (value / 4) * cosine(column, x) * cosine(row, y)
    }
    for (let k = 0; k < 64; k++) {
      for (const value of [480, -333]) {
        const blocks = [Int16Array.from({ length: 64 }, (_, i) => (i === k ? value : 0))]
        const file = writeJpeg({ width: 8, height: 8, components: [{ h: 1, v: 1, blocks }], scans: interleaved(1) })
        const sample = basis(k, value)
        for (const scale of SCALES) {
          const expected = Array.from({ length: (8 / scale) ** 2 }, (_, i) => {
            const [x, y] = [(i % (8 / scale)) * scale, Math.floor(i / (8 / scale)) * scale]
            let sum = 0
            for (let j = 0; j < scale * scale; j++) sum += sample(x + (j % scale), y + Math.floor(j / scale))
            return sum / scale ** 2
          })
          expect(maxDifference(decodePlanes(file, { scale }).planes[0]!.samples, expected), `${k} at 1/${scale}`).toBeLessThan(0.8)
        }
      }
    }
  })

  it.each(Object.keys(SAMPLINGS) as (keyof typeof SAMPLINGS)[])('answers means of the full-size samples: %s', (name) => {
    for (const [width, height] of [
      [64, 48],
      [45, 61],
    ] as const) {
      expectMeans(writeJpeg(randomJpeg(name, width, height, height)))
    }
  })

  it('answers means of the full-size samples of dense blocks with short codes', async () => {
    // Weak noise at the best quality: most blocks have all their coefficients, and several symbols fit a look-ahead.
    const random = randomNumbers(7)
    const pixels = Uint8Array.from({ length: 200 * 120 }, () => 100 + random() * 56)
    const raw = { width: 200, height: 120, channels: 1 } as const
    for (const quality of [100, 97, 90]) expectMeans(await sharp(pixels, { raw }).toColourspace('b-w').jpeg({ quality }).toBuffer())
  })

  function expectMeans(file: Uint8Array): void {
    const full = decodePlanes(file).planes
    for (const scale of [2, 4, 8] as const) {
      decodePlanes(file, { scale }).planes.forEach(({ component, samples }, i) => {
        const whole = full[i]!
        const step = whole.component.scaleX / component.scaleX
        expect(whole.component.scaleY / component.scaleY).toBe(step)
        expect([component.width, component.height]).toEqual([
          Math.ceil(whole.component.width / step),
          Math.ceil(whole.component.height / step),
        ])
        // Samples at the right and lower edge are means over the block's padding, which the full plane does not show.
        const [columns, rows] = [Math.floor(whole.component.width / step), Math.floor(whole.component.height / step)]
        for (let y = 0; y < rows; y++) {
          for (let x = 0; x < columns; x++) {
            let sum = 0
            for (let j = 0; j < step * step; j++) {
              sum += whole.samples[(y * step + Math.floor(j / step)) * whole.component.width + x * step + (j % step)]!
            }
            expect(Math.abs(samples[y * component.width + x]! - sum / step ** 2), `1/${scale}, plane ${i}, sample ${x}, ${y}`).toBeLessThan(
              1.6,
            )
          }
        }
      })
    }
  }

  it('decodes subsampled chroma in full where that spares upsampling', () => {
    const sizes = (name: keyof typeof SAMPLINGS, scale: (typeof SCALES)[number]) =>
      decodePlanes(writeJpeg(randomJpeg(name, 64, 64, 1)), { scale }).planes.map(({ component }) => [component.width, component.height])
    expect(sizes('4:2:0', 1)).toEqual([
      [64, 64],
      [32, 32],
      [32, 32],
    ])
    expect(sizes('4:2:0', 2)).toEqual([
      [32, 32],
      [32, 32],
      [32, 32],
    ])
    expect(sizes('4:2:0', 8)).toEqual([
      [8, 8],
      [8, 8],
      [8, 8],
    ])
    // Only across: the block would become too high.
    expect(sizes('4:2:2', 2)).toEqual([
      [32, 32],
      [16, 32],
      [16, 32],
    ])
  })
})

describe('structure', () => {
  it('decodes the same coefficients alike, however they are divided into scans', () => {
    const spectral: WrittenScan[] = [
      { components: [0, 1, 2], start: 0, end: 0, high: 0, low: 0 },
      ...[0, 1, 2].flatMap((c) =>
        [
          [1, 1],
          [2, 9],
          [10, 62],
          [63, 63],
        ].map(([start, end]) => ({ components: [c], start: start!, end: end!, high: 0, low: 0 })),
      ),
    ]
    const successive: WrittenScan[] = [
      { components: [0], start: 0, end: 0, high: 0, low: 3 },
      { components: [2, 1], start: 0, end: 0, high: 0, low: 1 },
      { components: [0], start: 0, end: 0, high: 3, low: 2 },
      ...[0, 1, 2].flatMap((c) => [3, 2, 1, 0].map((low) => ({ components: [c], start: 1, end: 63, high: low === 3 ? 0 : low + 1, low }))),
      { components: [0], start: 0, end: 0, high: 2, low: 1 },
      { components: [0, 1, 2], start: 0, end: 0, high: 1, low: 0 },
    ]
    const mixed: WrittenScan[] = [
      { components: [0, 1, 2], start: 0, end: 0, high: 0, low: 0 },
      { components: [0], start: 6, end: 63, high: 0, low: 2 },
      { components: [0], start: 1, end: 5, high: 0, low: 2 },
      { components: [1], start: 1, end: 63, high: 0, low: 1 },
      { components: [0], start: 1, end: 63, high: 2, low: 1 },
      { components: [2], start: 1, end: 63, high: 0, low: 0 },
      { components: [0], start: 1, end: 63, high: 1, low: 0 },
      { components: [1], start: 1, end: 63, high: 1, low: 0 },
    ]
    const separate: WrittenScan[] = [0, 1, 2].map((c) => ({ components: [c], ...ALL }))
    const divisions: { scans: WrittenScan[]; isProgressive: boolean }[] = [
      { scans: separate, isProgressive: false },
      {
        scans: [
          { components: [2], ...ALL },
          { components: [0, 1], ...ALL },
        ],
        isProgressive: false,
      },
      ...[spectral, successive, mixed].map((scans) => ({ scans, isProgressive: true })),
    ]
    /** Each scan with tables of its own. */
    const rotated = (scans: readonly WrittenScan[]) => scans.map((scan, i) => ({ ...scan, rotation: 77 * i }))
    divisions.push(...divisions.map(({ scans, ...division }) => ({ ...division, scans: rotated(scans) })))
    for (const [name, width, height] of [
      ['4:2:0', 75, 43],
      ['4:1:1', 130, 20],
      ['Cb and Cr differ', 50, 70],
      ['4:4:4', 9, 9],
    ] as const) {
      const jpeg = randomJpeg(name, width, height, width)
      for (const scale of SCALES) {
        const expected = decodePlanes(writeJpeg(jpeg), { scale }).planes
        for (const [index, division] of divisions.entries()) {
          for (const restartInterval of [0, 1, 5]) {
            const file = writeJpeg({ ...jpeg, ...division, restartInterval })
            for (const partBytes of [undefined, 1]) {
              const decoded = decodePlanes(file, { scale, partBytes })
              const variant = `${name}, 1/${scale}, division ${index}, restart interval ${restartInterval}, parts of ${partBytes}`
              expect(decoded.warnings, variant).toEqual([])
              expect(planesDiffer(decoded.planes, expected), variant).toBe('')
            }
          }
        }
      }
    }
  })

  it('decodes records of progressive coefficients that fill several chunks of the store', () => {
    const [width, height] = [1200, 800]
    const components = randomComponents(width, height, [{ h: 1, v: 1 }], randomNumbers(4), { ac: 400 })
    const scans: WrittenScan[] = [
      { components: [0], start: 0, end: 0, high: 0, low: 0 },
      ...[4, 3, 2, 1, 0].map((low) => ({ components: [0], start: 1, end: 63, high: low === 4 ? 0 : low + 1, low })),
    ]
    const jpeg = { width, height, components }
    for (const scale of SCALES) {
      const expected = decodePlanes(writeJpeg({ ...jpeg, scans: interleaved(1) }), { scale }).planes
      expect(planesDiffer(decodePlanes(writeJpeg({ ...jpeg, scans, isProgressive: true }), { scale }, 2 ** 21).planes, expected)).toBe('')
    }
  })

  it('changes tables between scans', () => {
    const jpeg = randomJpeg('4:4:4', 24, 24, 8, { scans: [0, 1, 2].map((c) => ({ components: [c], ...ALL })) })
    const file = [...writeJpeg(jpeg)]
    const secondScan = file.findIndex((byte, i) => byte === 0xff && file[i + 1] === 0xda && file[i + 5] === 2)
    const doubled = segment(0xdb, [0, ...Array.from({ length: 64 }, () => 2)])
    const changed = Uint8Array.from([...file.slice(0, secondScan), ...doubled, ...file.slice(secondScan)])
    const [before, after] = [decodePlanes(Uint8Array.from(file)).planes, decodePlanes(changed).planes]
    expect(after[0]).toEqual(before[0])
    const doubledJpeg = { ...jpeg, quantisers: Array.from({ length: 64 }, () => 2) }
    expect(after.slice(1)).toEqual(decodePlanes(writeJpeg(doubledJpeg)).planes.slice(1))
  })

  it('keeps the quantisers when they change between scans of one component', () => {
    const scans = [
      { components: [0, 1, 2], start: 0, end: 0, high: 0, low: 0 },
      { components: [0], start: 1, end: 63, high: 0, low: 0 },
    ]
    const file = [...writeJpeg(randomJpeg('4:4:4', 24, 24, 8, { isProgressive: true, scans }))]
    const secondScan = file.findIndex((byte, i) => byte === 0xff && file[i + 1] === 0xda && file[i + 4] === 1)
    const doubled = segment(0xdb, [0, ...Array.from({ length: 64 }, () => 2)])
    const changed = Uint8Array.from([...file.slice(0, secondScan), ...doubled, ...file.slice(secondScan)])
    expect(planesDiffer(decodePlanes(changed).planes, decodePlanes(Uint8Array.from(file)).planes)).toBe('')
  })

  it('shows gray for a component that never has a scan', () => {
    const decoded = decodePlanes(writeJpeg(randomJpeg('4:2:0', 40, 40, 2, { scans: [{ components: [0], ...ALL }] })))
    expect(new Set(decoded.planes[1]?.samples)).toEqual(new Set([128]))
    expect(new Set(decoded.planes[0]?.samples).size).toBeGreaterThan(10)
  })

  it('uses the typical Huffman tables when the file defines none', async () => {
    const pixels = Uint8Array.from({ length: 32 * 32 * 3 }, (_, i) => (i * 7) % 251)
    const raw = { raw: { width: 32, height: 32, channels: 3 } } as const
    const file = [...(await sharp(pixels, raw).jpeg({ optimiseCoding: false }).toBuffer())]
    const isTable = (at: number) => file[at] === 0xff && file[at + 1] === 0xc4
    const stripped: number[] = []
    for (let at = 0; at < file.length;) {
      if (isTable(at)) at += 2 + (file[at + 2]! << 8) + file[at + 3]!
      else stripped.push(file[at++]!)
    }
    expect(stripped.length).toBeLessThan(file.length - 400)
    expect(planesDiffer(decodePlanes(Uint8Array.from(stripped)).planes, decodePlanes(Uint8Array.from(file)).planes)).toBe('')
  })
})

describe('region', () => {
  const kinds: [string, Partial<WrittenJpeg>][] = [
    ['baseline', {}],
    [
      'several scans',
      {
        scans: [
          { components: [1], ...ALL },
          { components: [0, 2], ...ALL },
        ],
      },
    ],
    [
      'progressive',
      {
        isProgressive: true,
        scans: [
          { components: [0, 1, 2], start: 0, end: 0, high: 0, low: 0 },
          ...[0, 1, 2].flatMap((c) => [1, 0].map((low) => ({ components: [c], start: 1, end: 63, high: low === 1 ? 0 : 1, low }))),
        ],
      },
    ],
  ]
  it.each(kinds)('is a part of the whole, and covers what was asked for: %s', (_, more) => {
    for (const name of ['4:2:0', '4:2:2', '4:4:0', '4:1:1'] as const) {
      const [width, height] = [150, 90]
      const file = writeJpeg(randomJpeg(name, width, height, 6, { restartInterval: 3, ...more }))
      for (const scale of SCALES) {
        const [whole, wholeRgb] = [decodePlanes(file, { scale }), decodeRgb(file, { scale })]
        for (const region of [
          { x: 0, y: 0, width: 10, height: 10 },
          { x: 64, y: 32, width: 32, height: 32 },
          { x: 33, y: 47, width: 40, height: 17 },
          { x: 149, y: 89, width: 1, height: 1 },
          { x: 0, y: 64, width: 150, height: 26 },
        ]) {
          const part = decodePlanes(file, { scale, region })
          part.planes.forEach((plane, i) => expect(plane.samples).toEqual(cut(whole.planes[i]!, plane.component)))
          const rgb = decodeRgb(file, { scale, region })
          const left = Math.floor(region.x / scale) - rgb.originX
          const top = Math.floor(region.y / scale) - rgb.originY
          const [columns, rows] = [Math.ceil((region.x + region.width) / scale), Math.ceil((region.y + region.height) / scale)]
          expect(left).toBeGreaterThanOrEqual(0)
          expect(top).toBeGreaterThanOrEqual(0)
          for (let y = Math.floor(region.y / scale); y < rows; y++) {
            for (let x = Math.floor(region.x / scale); x < columns; x++) {
              const pixel = (picture: typeof rgb) => {
                const at = ((y - picture.originY) * picture.width + x - picture.originX) * 3
                return [...picture.pixels.subarray(at, at + 3)]
              }
              expect(pixel(rgb), `1/${scale}, pixel ${x}, ${y}`).toEqual(pixel(wholeRgb))
            }
          }
        }
      }
    }
  })

  function cut(plane: ReturnType<typeof decodePlanes>['planes'][number], to: typeof plane.component): Uint8Array {
    const samples = new Uint8Array(to.width * to.height)
    for (let y = 0; y < to.height; y++) {
      const from = (y + to.originY) * plane.component.width + to.originX
      samples.set(plane.samples.subarray(from, from + to.width), y * to.width)
    }
    return samples
  }
})

describe('ink', () => {
  const flat = (
    values: readonly number[],
    transform: number | undefined,
    factors: readonly number[] = [1, 1, 1, 1],
    isProgressive = false,
  ) => {
    const components = factors.map((factor) => ({ h: factor, v: factor }))
    const jpeg = { width: 8, height: 8, components }
    const blocks = values.map((value, i) => {
      const { across, down } = blockGrid(jpeg, i)
      return {
        ...components[i]!,
        blocks: Array.from({ length: across * down }, () => Int16Array.from({ length: 64 }, (_, k) => (k === 0 ? (value - 128) * 8 : 0))),
      }
    })
    const segments = transform === undefined ? [] : [ADOBE(transform)]
    const scans = interleaved(values.length).map((scan) => (isProgressive ? { ...scan, end: 0 } : scan))
    return writeJpeg({ width: 8, height: 8, components: blocks, scans, segments, isProgressive })
  }

  // Chromium and ImageMagick multiply the samples as they are, with or without Adobe's marker; libjpeg makes 255 − R, 255 − G, 255 − B of YCC.
  const product = (sample: number, black: number): number => Math.round((sample * black) / 255)
  it.each(
    [undefined, 0, 1, 2].flatMap((transform) =>
      [
        [1, 1, 1, 1],
        [2, 1, 1, 2],
        [2, 1, 1, 1],
      ].flatMap((factors) =>
        [false, true].flatMap((isProgressive) => ([1, 2, 8] as const).map((scale) => ({ transform, factors, isProgressive, scale }))),
      ),
    ),
  )('is stored inverted in every file: transform $transform, factors $factors, progressive $isProgressive, 1/$scale', (given) => {
    const { transform, factors, isProgressive, scale } = given
    const isYcck = transform === 1 || transform === 2
    const samples = isYcck ? [90, 128, 128, 225] : [245, 155, 55, 225]
    const { pixels } = decodeRgb(flat(samples, transform, factors, isProgressive), { scale })
    const expected = (isYcck ? [165, 165, 165] : [245, 155, 55]).map((sample) => product(sample, 225))
    expect([...pixels.subarray(0, 3)]).toEqual(expected)
  })

  it.each([
    { what: 'CMYK without a marker', file: flat([10, 100, 200, 30], undefined), colour: 'cmyk', planes: [245, 155, 55, 225] },
    { what: "Adobe's CMYK", file: flat([10, 100, 200, 30], 0), colour: 'cmyk', planes: [245, 155, 55, 225] },
    { what: 'YCCK', file: flat([90, 128, 128, 30], 2), colour: 'ycck', planes: [90, 128, 128, 225] },
  ])('of $what becomes amounts', ({ file, colour, planes }) => {
    const decoded = decodePlanes(file)
    expect(decoded.colour).toBe(colour)
    expect(decoded.planes.map(({ samples }) => samples[0])).toEqual(planes)
  })

  it('makes RGB without a profile: what paper shows is the product of what each ink lets through', () => {
    const through = (ink: number, black: number) => Math.round(((255 - ink) * (255 - black)) / 255)
    expect([...decodeRgb(flat([245, 155, 55, 225], undefined)).pixels.subarray(0, 3)]).toEqual(
      [10, 100, 200].map((ink) => through(ink, 30)),
    )
    expect([...decodeRgb(flat([245, 155, 55, 225], 0)).pixels.subarray(0, 3)]).toEqual([10, 100, 200].map((ink) => through(ink, 30)))
    // Gray YCC is equal amounts of C, M and Y.
    expect([...decodeRgb(flat([90, 128, 128, 225], 2)).pixels.subarray(0, 3)]).toEqual([90, 90, 90].map((ink) => through(ink, 30)))
  })
})
