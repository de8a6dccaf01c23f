// Needs Debian's libavif-bin: `npm run test:debian`. Sequences that avifenc writes show the still picture that they name, as avifdec has it.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { avif } from '../../src/image/codecs/avif.ts'
import { bytesBySharp, decoded, psnr } from '../support/icc/decoded.ts'
import { sample } from '../support/pictures.ts'

const folder = mkdtempSync(join(tmpdir(), 'emulsion-avif-'))
const path = (name: string): string => join(folder, name)
afterAll(() => rmSync(folder, { recursive: true, force: true }))

beforeAll(async () => {
  const lake = sharp(await sample()).resize(120, 80)
  for (const [i, picture] of [lake.clone(), lake.clone().negate({ alpha: false }), lake.clone().flop()].entries()) {
    writeFileSync(path(`${i}.png`), await picture.clone().removeAlpha().png().toBuffer())
    writeFileSync(path(`alpha${i}.png`), await picture.clone().removeAlpha().ensureAlpha(0.5).png().toBuffer())
  }
})

/** A sequence of three pictures, and its first one by itself. */
function sequence(prefix: string, ...options: readonly string[]): Uint8Array {
  const files = [0, 1, 2].map((i) => path(`${prefix}${i}.png`))
  execFileSync('avifenc', [...options, ...files, path('sequence.avif')], { stdio: 'ignore' })
  return new Uint8Array(readFileSync(path('sequence.avif')))
}

describe('a sequence of AVIF', () => {
  it.each<[string, string, readonly string[]]>([
    ['of 4:2:0', '', ['-y', '420', '-s', '8']],
    ['of 4:4:4', '', ['-y', '444', '-s', '8']],
    ['of 10 bits', '', ['-d', '10', '-y', '444', '-s', '8']],
    ['with alpha', 'alpha', ['-y', '444', '-s', '8']],
  ])('%s shows its still picture', async (_, prefix, options) => {
    const file = sequence(prefix, ...options)
    expect(Buffer.from(file.subarray(8, 12)).toString('latin1')).toBe('avis')
    expect(avif.probe(file)).toMatchObject({ width: 120, height: 80, frames: 1 })
    const ours = await decoded(file)
    expect(Math.abs((ours.data[3] ?? 0) - (prefix === 'alpha' ? 128 : 255))).toBeLessThanOrEqual(1)
    execFileSync('avifdec', [path('sequence.avif'), path('out.png')], { stdio: 'ignore' })
    expect(psnr(ours.data, await bytesBySharp(new Uint8Array(readFileSync(path('out.png')))))).toBeGreaterThan(40)
    expect(psnr(ours.data, await bytesBySharp(new Uint8Array(readFileSync(path(`${prefix}0.png`)))))).toBeGreaterThan(28)
    expect(psnr(ours.data, await bytesBySharp(new Uint8Array(readFileSync(path(`${prefix}1.png`)))))).toBeLessThan(20)
  })

  it('that names no still picture is a 415, with the reason', () => {
    const file = sequence('', '-s', '8')
    const meta = Buffer.from(file).indexOf('meta')
    const without = file.map((byte, i) => (i === meta ? 'f'.charCodeAt(0) : i === meta + 1 ? 'r'.charCodeAt(0) : byte))
    expect(() => avif.probe(without)).toThrow(expect.objectContaining({ code: 'unsupported_format' }) as Error)
  })
})
