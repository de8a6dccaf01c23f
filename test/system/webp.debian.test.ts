// Needs Debian's webp: `npm run test:debian`. cwebp writes in every way that it has, dwebp reads.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, expect, it } from 'vitest'
import { webp } from '../../src/image/codecs/webp.ts'
import { painted, PAINTS } from '../image/engine/webp/pictures.ts'
import { decodeAs } from '../support/apply-steps.ts'
import { openImageContext } from '../support/image-context.ts'

const folder = mkdtempSync(join(tmpdir(), 'emulsion-webp-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const { context } = openImageContext()

/** dwebp's PAM: a header of lines, then RGBA. */
function dwebp(file: string): Buffer {
  execFileSync('dwebp', ['-quiet', file, '-pam', '-o', `${file}.pam`])
  const pam = readFileSync(`${file}.pam`)
  return pam.subarray(pam.indexOf('ENDHDR\n') + 7)
}

async function expectLikeDwebp(name: string, settings: readonly string[]): Promise<void> {
  const { width, height, data } = painted(123, 77, PAINTS[name] ?? (() => 0))
  const [picture, result] = [join(folder, 'picture.png'), join(folder, 'result.webp')]
  writeFileSync(
    picture,
    await sharp(data, { raw: { width, height, channels: 4 } })
      .png()
      .toBuffer(),
  )
  execFileSync('cwebp', ['-quiet', '-exact', ...settings, picture, '-o', result])
  const file = new Uint8Array(readFileSync(result))
  expect(webp.probe(file).pixels?.bitstream.kind).toBe(settings.includes('-z') ? 'VP8L' : 'VP8 ')
  expect(Buffer.from((await decodeAs(context, 'webp', file)).data).equals(dwebp(result)), `${name} ${settings.join(' ')}`).toBe(true)
}

it.each(Array.from({ length: 10 }, (_, level) => String(level)))('cwebp -z %s', async (level) => {
  for (const name of Object.keys(PAINTS)) await expectLikeDwebp(name, ['-z', level])
})

it.each(['none', 'fast', 'best'])('alpha of lossy files, cwebp -alpha_filter %s', async (filter) => {
  for (const method of ['0', '1']) {
    for (const name of ['noise', 'see-through gradient']) {
      for (const quality of ['100', '60']) {
        await expectLikeDwebp(name, ['-alpha_filter', filter, '-alpha_method', method, '-alpha_q', quality, '-q', '60'])
      }
    }
  }
})

it.each([
  ['-q', '10', '-f', '100', '-sharpness', '0'],
  ['-q', '40', '-nostrong', '-f', '70', '-sharpness', '4'],
  ['-q', '60', '-strong', '-sharpness', '7'],
  ['-q', '75', '-segments', '1', '-sns', '0', '-m', '0'],
  ['-q', '90', '-m', '6', '-af', '-partition_limit', '80'],
  ['-q', '100', '-low_memory'],
  ['-size', '900', '-pass', '6', '-segments', '4'],
])('cwebp %s %s %s %s %s %s', async (...settings) => {
  for (const name of Object.keys(PAINTS)) await expectLikeDwebp(name, settings)
})
