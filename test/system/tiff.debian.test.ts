// Needs Debian's libtiff-tools: `npm run test:debian`. What tiffcp and fax2tiff write is read as what it was made of, and as libvips reads it.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, describe, expect, it } from 'vitest'
import { decoded } from '../support/icc/decoded.ts'
import { sample } from '../support/pictures.ts'

const folder = mkdtempSync(join(tmpdir(), 'emulsion-tiff-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const lake = async () => sharp(await sample()).resize(211, 141)
const bilevel = async (): Promise<Buffer> =>
  (await lake()).threshold(110).toColourspace('b-w').tiff({ compression: 'ccittfax4', bitdepth: 1 }).toBuffer()
const colours = async (): Promise<Buffer> => (await lake()).tiff({ compression: 'none' }).toBuffer()
const deep = async (): Promise<Buffer> => (await lake()).toColourspace('rgb16').tiff({ compression: 'none' }).toBuffer()

/** A file through tiffcp with these options. */
function copied(file: Buffer, ...options: readonly string[]): Uint8Array {
  const [from, to] = [join(folder, 'from.tiff'), join(folder, 'to.tiff')]
  writeFileSync(from, file)
  execFileSync('tiffcp', [...options, from, to])
  return new Uint8Array(readFileSync(to))
}

async function expectEqual(file: Uint8Array, original: Buffer): Promise<void> {
  const [ours, wanted] = [await decoded(file), await decoded(new Uint8Array(original))]
  expect([ours.width, ours.height]).toEqual([211, 141])
  expect(Buffer.compare(Buffer.from(ours.data), Buffer.from(wanted.data))).toBe(0)
  const { data } = await sharp(original).toColourspace('srgb').ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  expect(ours.data.reduce((most, level, i) => Math.max(most, Math.abs(level - (data[i] ?? 0))), 0)).toBeLessThanOrEqual(1)
}

describe('tiffcp', () => {
  it.each([
    ['-c', 'g3:1d'],
    ['-c', 'g3:2d'],
    ['-c', 'g3:1d:fill'],
    ['-c', 'g3:2d:fill'],
    ['-c', 'g3:2d', '-f', 'lsb2msb'],
    ['-c', 'g3:2d', '-r', '16'],
    ['-c', 'g4', '-r', '16'],
    ['-c', 'g4', '-8'],
    ['-c', 'none', '-8'],
  ])('%s %s %s %s: two levels', async (...options) => {
    const original = await bilevel()
    await expectEqual(copied(original, ...options.filter(Boolean)), original)
  })

  const forms = [
    [],
    ['-8'],
    ['-8', '-B'],
    ['-8', '-p', 'separate'],
    ['-8', '-t', '-w', '64', '-l', '48'],
    ['-8', '-c', 'lzw:2'],
    ['-8', '-c', 'zip:2', '-B'],
    ['-8', '-c', 'packbits'],
  ]
  it.each(forms.map((options) => [options.join(' '), options] as const))('%s: colours of 8 and 16 bits', async (_, options) => {
    // tiffcp separates the planes of 8 bits alone.
    const originals = options.includes('separate') ? [await colours()] : [await colours(), await deep()]
    for (const original of originals) await expectEqual(copied(original, ...options), original)
  })
})

describe('fax2tiff', () => {
  it.each(['-7', '-8'])('%s: a page of raw codes is read as libvips reads it', async (output) => {
    const picture = await sharp(await sample())
      .resize(1728, 200, { fit: 'fill' })
      .threshold(110)
      .toColourspace('b-w')
      .tiff({ compression: 'ccittfax4', bitdepth: 1 })
      .toBuffer()
    const strip = copied(picture, '-c', 'g3:1d', '-r', '200')
    const [raw, out] = [join(folder, 'raw.g3'), join(folder, 'out.tiff')]
    // The codes stand in front: tiffcp writes directories behind them.
    writeFileSync(raw, strip.subarray(8))
    execFileSync('fax2tiff', ['-M', output, '-o', out, raw], { stdio: 'ignore' })
    const file = new Uint8Array(readFileSync(out))
    const [ours, theirs] = [await decoded(file), await sharp(file).toColourspace('srgb').ensureAlpha().raw().toBuffer()]
    expect(ours).toMatchObject({ width: 1728 })
    expect(ours.height).toBeGreaterThan(190)
    expect(Buffer.compare(Buffer.from(ours.data), theirs)).toBe(0)
  })
})
