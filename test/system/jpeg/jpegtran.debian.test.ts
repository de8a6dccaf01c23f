// Lossless JPEG against jpegtran of libjpeg-turbo: the same coefficients, and the same refusals. All of its files come from one run of a shell.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Rectangle } from '../../../src/image/geometry.ts'
import { type Orientation, SYMMETRY, uprightShape } from '../../../src/image/orientation.ts'
import type { Shape } from '../../../src/image/raster.ts'
import { randomNumbers } from '../../support/jpeg-coefficients.ts'
import { FLAGS, meaning, ORIENTATIONS, ours } from '../support/jpegtran.ts'

/** MCUs by what cjpeg is told. */
const SAMPLINGS: Readonly<Record<string, Shape>> = {
  '-sample 1x1': { width: 8, height: 8 },
  '-sample 2x1': { width: 16, height: 8 },
  '-sample 1x2': { width: 8, height: 16 },
  '-sample 2x2': { width: 16, height: 16 },
  '-sample 4x1': { width: 32, height: 8 },
  '-grayscale': { width: 8, height: 8 },
}
const CODINGS = ['-quality 85', '-quality 97 -optimize -restart 2B', '-quality 60 -progressive', '-quality 30 -progressive -restart 1']
const SIZES: readonly Shape[] = [
  { width: 64, height: 48 },
  { width: 61, height: 48 },
  { width: 64, height: 43 },
  { width: 35, height: 51 },
]

interface Source {
  readonly name: string
  readonly options: string
  readonly size: Shape
  readonly mcu: Shape
}

const SOURCES: readonly Source[] = [
  ...Object.entries(SAMPLINGS).flatMap(([sampling, mcu]) =>
    CODINGS.flatMap((coding) => SIZES.map((size) => ({ options: `${sampling} ${coding}`, size, mcu }))),
  ),
  ...CODINGS.map((coding) => ({ options: `-rgb ${coding}`, size: { width: 40, height: 24 }, mcu: { width: 8, height: 8 } })),
].map((source, i) => ({ ...source, name: `${i}` }))

/** A cut of a file, in pixels of the turned picture. */
interface Cut {
  readonly source: Source
  readonly orientation: Orientation
  readonly window: Rectangle
}

const CUTS = cuts(200)

/** Aligned cuts of turns that are perfect. */
function cuts(count: number): readonly Cut[] {
  const random = randomNumbers(15)
  const below = (limit: number): number => Math.floor(random() * limit)
  return Array.from({ length: count }, () => {
    const source = SOURCES[below(SOURCES.length)] as Source
    const possible = ORIENTATIONS.filter((orientation) => isPerfect(source, orientation))
    const orientation = possible[below(possible.length)] ?? 1
    const [shape, mcu] = [uprightShape(source.size, orientation), uprightShape(source.mcu, orientation)]
    const x = below(Math.ceil(shape.width / mcu.width)) * mcu.width
    const y = below(Math.ceil(shape.height / mcu.height)) * mcu.height
    return { source, orientation, window: { x, y, width: 1 + below(shape.width - x), height: 1 + below(shape.height - y) } }
  })
}

function isPerfect({ size, mcu }: Source, orientation: Orientation): boolean {
  const { mirrorX, mirrorY } = SYMMETRY[orientation]
  return (!mirrorX || size.width % mcu.width === 0) && (!mirrorY || size.height % mcu.height === 0)
}

const folder = mkdtempSync(join(tmpdir(), 'jpegtran-'))
const pathOf = (name: string): string => join(folder, name)
const bytesOf = (name: string): Uint8Array => new Uint8Array(readFileSync(pathOf(name)))

function picture({ width, height }: Shape, seed: number): Buffer {
  const random = randomNumbers(seed)
  const samples = Array.from({ length: width * height * 3 }, (_, i) => 128 + 90 * Math.sin(i / 40 + (i % 3)) + 60 * (random() - 0.5))
  return Buffer.concat([Buffer.from(`P6 ${width} ${height} 255\n`), Buffer.from(samples)])
}

beforeAll(() => {
  const lines = SOURCES.flatMap(({ name, options, size }, i) => {
    writeFileSync(pathOf(`${name}.ppm`), picture(size, i + 1))
    return [
      `cjpeg ${options} -outfile ${name}.jpg ${name}.ppm`,
      ...ORIENTATIONS.map(
        (turn) => `jpegtran -copy none -perfect ${FLAGS[turn]} -outfile ${name}-${turn}.jpg ${name}.jpg || rm -f ${name}-${turn}.jpg`,
      ),
    ]
  })
  const cutLines = CUTS.map(({ source, orientation, window: { x, y, width, height } }, i) => {
    return `jpegtran -copy none -perfect ${FLAGS[orientation]} -crop ${width}x${height}+${x}+${y} -outfile cut-${i}.jpg ${source.name}.jpg`
  })
  execFileSync('bash', [], { input: [...lines, ...cutLines].join('\n'), cwd: folder, stdio: ['pipe', 'ignore', 'ignore'] })
})
afterAll(() => rmSync(folder, { recursive: true }))

describe('has the coefficients of jpegtran -perfect, and refuses what it refuses', () => {
  it(`${SOURCES.length} files, eight symmetries`, async () => {
    let perfect = 0
    for (const { name, options } of SOURCES) {
      for (const orientation of ORIENTATIONS) {
        const { result: file, warnings } = await ours(bytesOf(`${name}.jpg`), orientation)
        const theirs = `${name}-${orientation}.jpg`
        expect(warnings).toEqual([])
        expect(file !== null, `${name} ${options} ${orientation}`).toBe(existsSync(pathOf(theirs)))
        if (file) expect(meaning(file), `${name} ${options} ${orientation}`).toBe(meaning(bytesOf(theirs)))
        if (file) perfect++
      }
    }
    expect(perfect).toBeGreaterThan(400)
  })

  it(`${CUTS.length} aligned cuts`, async () => {
    for (const [i, { source, orientation, window }] of CUTS.entries()) {
      const { result: file, warnings } = await ours(bytesOf(`${source.name}.jpg`), orientation, window)
      if (!file) throw new Error(`cut ${i} was refused`)
      expect(warnings).toEqual([])
      expect(meaning(file), `cut ${i}`).toBe(meaning(bytesOf(`cut-${i}.jpg`)))
    }
  })
})
