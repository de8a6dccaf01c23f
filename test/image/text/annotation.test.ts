import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseTransformations } from '../../../src/http/dialects/batch/transformations.ts'
import { step } from '../../../src/image/plan.ts'
import type { Raster } from '../../../src/image/raster.ts'
import { applySteps } from '../../support/apply-steps.ts'
import { fontFromDisk } from '../../support/image-context.ts'

/** Where ImageMagick 6 puts the same text in the same face: written by scripts/make-expectations.ts. */
const expected = JSON.parse(readFileSync(resolve(import.meta.dirname, '../../expectations/annotation.json'), 'utf8')) as Record<
  string,
  number[]
>

function white(width: number, height: number): Raster {
  return { width, height, data: new Uint8ClampedArray(width * height * 4).fill(255) }
}

const annotate = async (raster: Raster, fields: object, files: readonly Uint8Array[] = []) => {
  const annotation = { type: 'annotation', text: 'HEI', size: 24, color: '#000000', font: 'Arial', ...fields }
  const { steps } = parseTransformations({ transformations: [annotation], destination: 'x.png' }, 'jobs[0]')
  return applySteps(raster, steps, { inputs: [], files })
}

/** [left, top, right, bottom] of what is darker than middle grey, inclusive. */
function inkOf({ width, data }: Raster): number[] {
  const dark = Array.from({ length: data.length / 4 }, (_, i) => i).filter((i) => (data[i * 4] ?? 255) < 128)
  const [xs, ys] = [dark.map((i) => i % width), dark.map((i) => Math.floor(i / width))]
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)]
}

describe('text stands where ImageMagick puts it, within a pixel', () => {
  it.each(Object.entries(expected))('%s', async (name, box) => {
    const [gravity, text = ''] = name.split(' ')
    const drawn = await annotate(white(160, 120), { gravity, text: text.replace('/', '\n'), xoffset: 7, yoffset: 5 })
    const ink = inkOf(drawn)
    for (const [side, position] of box.entries())
      expect(Math.abs((ink[side] ?? NaN) - position), `${name}: ${ink.join()} for ${box.join()}`).toBeLessThanOrEqual(1)
  })
})

describe('the text is literal', () => {
  it.each(['<b>&amp;"\'', '</text></g></svg>', '\u0000\u0007\ud800x', 'Aﷺ👩‍👩‍👧 שלום مرحبا', '%s ${x}'])('%j', async (text) => {
    const drawn = await annotate(white(160, 120), { text, size: 12 })
    expect([drawn.width, drawn.height]).toEqual([160, 120])
    expect(inkOf(drawn)[2]).toBeGreaterThan(0)
  })

  it.each([
    ['&amp;', '&'],
    ['&#65;', 'A'],
    ['<b>A</b>', 'A'],
  ])('%s is not %s', async (text, markup) => {
    const [literal, read] = await Promise.all([annotate(white(300, 120), { text }), annotate(white(300, 120), { text: markup })])
    expect(width(literal)).toBeGreaterThan(2 * width(read))
  })

  it('keeps spaces and lines', async () => {
    const [one, two] = await Promise.all([annotate(white(160, 120), { text: 'A  A' }), annotate(white(160, 120), { text: 'A A' })])
    expect(width(one)).toBeGreaterThan(width(two) + 4)
    const [windows, unix] = await Promise.all([annotate(white(160, 120), { text: 'A\r\nB' }), annotate(white(160, 120), { text: 'A\nB' })])
    expect(windows.data).toEqual(unix.data)
  })
})

const width = (raster: Raster): number => (inkOf(raster)[2] ?? 0) - (inkOf(raster)[0] ?? 0)

/** Another em makes all letters of a font larger or smaller (OpenType, table `head`). */
function withUnitsPerEm(font: Uint8Array, units: number): Uint8Array {
  const changed = font.slice()
  const view = new DataView(changed.buffer)
  const tables = Array.from({ length: view.getUint16(4) }, (_, i) => 12 + 16 * i)
  const head = tables.find((at) => new TextDecoder().decode(changed.subarray(at, at + 4)) === 'head') ?? 0
  view.setUint16(view.getUint32(head + 8) + 18, units)
  return changed
}

describe('fonts', () => {
  it('shapes: a kerned pair is narrower than its letters', async () => {
    const [pair, apart] = await Promise.all([
      annotate(white(300, 120), { text: 'AVAVAV', size: 50 }),
      annotate(white(300, 120), { text: 'AAAVVV', size: 50 }),
    ])
    expect(width(pair)).toBeLessThan(width(apart) - 6)
  })

  it.each([
    ['Arial', 'Helvetica Neue', true],
    ['Arial', 'no such font', true],
    ['Arial', 'Times New Roman', false],
    ['Courier New', 'Liberation Mono', true],
    ['Courier', 'Arial', false],
    ['Arial', 'Arial Bold', false],
  ])('%s and %s: same picture %s', async (one, other, same) => {
    const [a, b] = await Promise.all([annotate(white(160, 120), { font: one }), annotate(white(160, 120), { font: other })])
    expect(Buffer.compare(Buffer.from(a.data), Buffer.from(b.data)) === 0).toBe(same)
  })

  it('takes a font of the storage', async () => {
    const [own, bundled] = await Promise.all([
      annotate(white(160, 120), { font: '/fonts/own.ttf' }, [await fontFromDisk('serif-bold')]),
      annotate(white(160, 120), { font: 'Times Bold' }),
    ])
    expect(own.data).toEqual(bundled.data)
  })

  it.each([new Uint8Array(0), new Uint8Array(64), new TextEncoder().encode('<html></html>')])('refuses what is no font', async (file) => {
    await expect(annotate(white(9, 9), { font: '/fonts/own.ttf' }, [file])).rejects.toMatchObject({
      code: 'invalid_parameter',
      field: 'font',
    })
  })

  it('refuses copies that a font makes larger than was planned for them', async () => {
    const repeated = step('text', { text: 'HEI', size: 20, repeat: true, font: { path: '/fonts/own.ttf' } })
    const draw = (font: Uint8Array) => applySteps(white(400, 200), [repeated], { inputs: [], files: [font] })
    const font = await fontFromDisk('mono-regular')
    await expect(draw(font)).resolves.toMatchObject({ width: 400 })
    await expect(draw(withUnitsPerEm(font, 250))).rejects.toMatchObject({ code: 'too_many_pixels', field: 'text' })
  })

  it('survives fonts cut short or with turned bits', async () => {
    const font = await fontFromDisk('mono-regular')
    for (let seed = 1; seed <= 40; seed++) {
      const broken =
        seed % 2
          ? font.slice(0, (font.length * seed) / 41)
          : font.map((byte, i) => ((i * seed) % 997 === 0 ? byte ^ (1 << (seed % 8)) : byte))
      const outcome = await annotate(white(40, 30), { font: '/fonts/own.ttf' }, [broken]).catch((error: unknown) => error)
      if (outcome instanceof Error) expect(outcome).toMatchObject({ code: 'invalid_parameter' })
    }
    await expect(annotate(white(40, 30), {})).resolves.toMatchObject({ width: 40 })
  })
})

describe('size is bounded', () => {
  it.each<[Record<string, unknown>, string]>([
    [{ size: 10_000 }, 'one huge line'],
    [{ size: 10_000, text: 'W'.repeat(1000) }, 'a thousand huge letters'],
    [{ size: 3, text: 'W\n'.repeat(499) }, 'many lines'],
    [{ xoffset: 1_000_000 }, 'far outside'],
    [{ size: 0.01 }, 'smaller than a pixel'],
  ])('%o: %s', async (fields) => {
    await expect(annotate(white(64, 48), fields)).resolves.toMatchObject({ width: 64, height: 48 })
  })
})
