import { gzipSync } from 'node:zlib'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { svg } from '../../../../src/image/codecs/svg.ts'
import { collect } from '../../../../src/image/collect.ts'
import { execute, openRowsContext } from '../../../../src/image/execute.ts'
import type { Geometry } from '../../../../src/image/geometry.ts'
import { step, type Step } from '../../../../src/image/plan.ts'
import { planExecution, sniffFormat } from '../../../../src/image/planner.ts'
import { startRenderer } from '../../../../src/image/text/resvg.ts'
import { decoded, psnr } from '../../../support/icc/decoded.ts'
import { openImageContext, wasmFromDisk } from '../../../support/image-context.ts'
import { bytesOf, drawing, svgOf } from './documents.ts'

const LIMITS = { maxSteps: 8, maxPixels: 100_000_000, maxSide: 12_000, memoryBytes: 80_000_000 }

async function run(file: Uint8Array, steps: readonly Step[], format: 'png' | 'source' = 'png') {
  const { context, release } = openImageContext()
  const execution = planExecution({ steps, output: { format, quality: 80 } }, file, LIMITS)
  const { body, mime, warnings } = await execute(execution, file, [], context, (_phase, work) => Promise.resolve(work()))
  await release(true)
  const { data, info } = await sharp(body).ensureAlpha().raw().toBuffer({ resolveWithObject: true })
  return { data, width: info.width, height: info.height, mime, warnings, execution }
}

/** A part of a document, as the codec draws it. */
async function drawn(file: Uint8Array, geometry: Geometry) {
  const { context, release } = openImageContext()
  const rows = await openRowsContext(context)
  const raster = await collect(rows, await svg.rows(file, svg.probe(file), geometry, rows))
  await release(true)
  return raster
}

/** The renderer's own picture of a document, opaque. */
async function byRenderer(text: string): Promise<Uint8Array> {
  const { render } = await startRenderer({ wasm: wasmFromDisk })
  return render(text, []).pixels
}

const pixel = ({ width, data }: { width: number; data: ArrayLike<number> }, x: number, y: number): readonly number[] =>
  Array.from({ length: 4 }, (_, i) => data[(y * width + x) * 4 + i] ?? -1)

const shapeOf = (attributes: string): readonly number[] => {
  const { width, height } = svg.probe(bytesOf(svgOf('', attributes)))
  return [width, height]
}

describe('the size of an SVG', () => {
  it.each<[string, readonly [number, number]]>([
    ['width="120" height="90"', [120, 90]],
    ['width="1in" height="2.54cm"', [96, 96]],
    ['width="25.4mm" height="72pt"', [96, 96]],
    ['width="2pc" height="101.6Q"', [32, 96]],
    ['width="10em" height="10ex"', [160, 80]],
    ['width="12.6px" height="7.4"', [13, 7]],
    ['viewBox="0 0 40 30"', [40, 30]],
    ['viewBox="-20,-10,40,30"', [40, 30]],
    ['width="100%" height="50%" viewBox="0 0 40 30"', [40, 15]],
    ['width="80" viewBox="0 0 40 30"', [80, 60]],
    ['height="60" viewBox="0 0 40 30"', [80, 60]],
    ['width="80"', [80, 150]],
    ['', [300, 150]],
    ['viewBox="0 0 0 10"', [300, 150]],
    ['width="-5" height="20"', [300, 20]],
    ['width="auto" height="1e2"', [300, 100]],
    ['style="width:64px; height: 48px" width="9"', [64, 48]],
    ['width="0.2" height="0.2"', [1, 1]],
  ])('%s', (attributes, shape) => {
    expect(shapeOf(attributes)).toEqual(shape)
  })

  it.each([
    ['width="0" height="10"', 'invalid_image'],
    ['width="100001" height="100000"', 'too_many_pixels'],
    ['width="1001" height="1"', 'too_many_pixels'],
    ['viewBox="0 0 1 1000000"', 'too_many_pixels'],
  ])('is refused: %s', (attributes, code) => {
    expect(() => shapeOf(attributes)).toThrow(expect.objectContaining({ code }))
  })
})

describe('an SVG is told by its first bytes', () => {
  const document = '<svg xmlns="http://www.w3.org/2000/svg" width="2" height="2"><rect width="2" height="2" fill="red"/></svg>'
  const utf16 = (text: string, isLittle: boolean): Uint8Array => {
    const bytes = new Uint8Array(Buffer.from(text, 'utf16le'))
    return isLittle ? bytes : new Uint8Array(Buffer.from(bytes).swap16())
  }
  it.each<[string, Uint8Array]>([
    ['plain', bytesOf(document)],
    ['a declaration', bytesOf(`<?xml version="1.0" encoding="UTF-8"?>\n${document}`)],
    ['a byte order mark', bytesOf(`\ufeff${document}`)],
    ['spaces, comments and instructions', bytesOf(`\n <!-- <a> - -> --> <?xml-stylesheet href="x"?>\n${document}`)],
    ['a DOCTYPE', bytesOf(`<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">${document}`)],
    ['entities', bytesOf(`<!DOCTYPE svg [ <!ENTITY c "red"> ]>${document.replace('"red"', '"&c;"')}`)],
    ['a prefix', bytesOf(document.replaceAll('<', '<s:').replaceAll('<s:/', '</s:').replace('xmlns=', 'xmlns:s='))],
    ['no namespace', bytesOf(document.replace(/ xmlns="[^"]*"/, ''))],
    ['UTF-16, little end first', utf16(`\ufeff${document}`, true)],
    ['UTF-16, big end first', utf16(`\ufeff<?xml version="1.0" encoding="UTF-16"?>${document}`, false)],
    ['UTF-16 without a mark', utf16(document, true)],
    ['Latin-1', new Uint8Array(Buffer.from(`<?xml version="1.0" encoding="ISO-8859-1"?><!-- \u00e9 -->${document}`, 'latin1'))],
    ['gzip', new Uint8Array(gzipSync(document))],
  ])('%s', async (_, file) => {
    expect(sniffFormat(file)).toBe('svg')
    expect([...(await decoded(file)).data]).toEqual(Array.from({ length: 4 }, () => [255, 0, 0, 255]).flat())
  })

  it.each<[string, Uint8Array]>([
    ['HTML', bytesOf(`<!DOCTYPE html><html><body>${document}</body></html>`)],
    ['other XML', bytesOf('<?xml version="1.0"?><feed><svg/></feed>')],
    ['text', bytesOf(`see ${document}`)],
    ['a name that begins like it', bytesOf('<svgs/>')],
    ['compressed text', new Uint8Array(gzipSync('<html><svg></svg></html>'))],
  ])('%s is none', (_, file) => {
    expect(() => sniffFormat(file)).toThrow(expect.objectContaining({ code: 'unsupported_format' }))
  })
})

describe('an SVG is drawn', () => {
  const shapes = svgOf(
    '<rect x="10" y="10" width="30" height="20" fill="#0000ff"/><g opacity=".5"><rect x="50" y="10" width="20" height="20" fill="#ff0000"/></g>',
  )

  it('with its colours and its alpha, straight', async () => {
    const picture = await decoded(bytesOf(shapes))
    expect([picture.width, picture.height]).toEqual([80, 60])
    expect(pixel(picture, 5, 5)).toEqual([0, 0, 0, 0])
    expect(pixel(picture, 20, 20)).toEqual([0, 0, 255, 255])
    expect(pixel(picture, 60, 20)).toEqual([255, 0, 0, 128])
  })

  it.each<[string, string]>([
    ['shapes', shapes],
    ['what drawings have', drawing(240).replace(/<text.*<\/text>/s, '')],
    [
      'a style sheet',
      svgOf(
        '<style>/* a */ rect.x, .y{fill:green} rect{fill:red} g > .y{stroke:blue!important}</style><rect class="x" width="9" height="50"/><g><rect class="y" x="20" width="30" height="50" style="stroke:red;stroke-width:4"/></g>',
      ),
    ],
    ['a viewBox in the middle', svgOf('<circle cx="5" cy="5" r="5" fill="teal"/>', 'width="120" height="60" viewBox="0 0 10 10"')],
    [
      'a viewBox that is cut',
      svgOf(
        '<circle cx="5" cy="5" r="5" fill="teal"/>',
        'width="120" height="60" viewBox="0 0 10 10" preserveAspectRatio="xMinYMax slice"',
      ),
    ],
    ['shares', svgOf('<rect x="25%" y="10%" width="50%" height="50%" fill="navy"/>', 'width="160" height="80" viewBox="0 0 40 20"')],
  ])('as librsvg does: %s', async (_, text) => {
    const { data } = await decoded(bytesOf(text))
    const theirs = await sharp(Buffer.from(text)).ensureAlpha().raw().toBuffer()
    expect(psnr(data, theirs)).toBeGreaterThan(30)
  })

  it('with letters of the bundled families', async () => {
    const text = (family: string): Uint8Array =>
      bytesOf(svgOf(`<text x="2" y="40" font-size="40"${family && ` font-family="${family}"`}>igW</text>`, 'width="120" height="50"'))
    const pictures = await Promise.all(
      ['', 'Times New Roman', 'Nobody Knows, serif', 'Arial', 'Nobody Knows', 'Courier', 'x, monospace'].map(async (name) =>
        Buffer.from((await decoded(text(name))).data).toString('base64'),
      ),
    )
    const [none, times, serif, arial, unknown, courier, mono] = pictures
    expect([times, serif, unknown, mono]).toEqual([none, none, arial, courier])
    expect(new Set([none, arial, courier]).size).toBe(3)
  })

  it('without what lies elsewhere, which a warning tells', async () => {
    const file = bytesOf(svgOf('<image href="http://127.0.0.1/a.png" width="80" height="60"/><rect width="9" height="9" fill="red"/>'))
    const { data, width, warnings } = await run(file, [])
    expect(warnings).toEqual(['SVG: a picture that is stored elsewhere is left out.'])
    expect([pixel({ width, data }, 4, 4), pixel({ width, data }, 40, 30)]).toEqual([
      [255, 0, 0, 255],
      [0, 0, 0, 0],
    ])
  })

  it('with pictures that are in it', async () => {
    const inside = await sharp({ create: { width: 4, height: 3, channels: 3, background: '#00ff00' } })
      .png()
      .toBuffer()
    for (const body of [inside.toString('base64'), inside.toString('base64').replaceAll(/(.{20})/g, '$1\n ')]) {
      const picture = await decoded(bytesOf(svgOf(`<image xlink:href="data:image/png;base64,${body}" width="80" height="60"/>`)))
      expect(pixel(picture, 40, 30)).toEqual([0, 255, 0, 255])
    }
  })

  it('without scripts, foreign elements and what is around', async () => {
    const picture = await decoded(
      bytesOf(
        svgOf(
          '<script>throw 1</script><foreignObject width="80" height="60"><p xmlns="http://www.w3.org/1999/xhtml">x</p></foreignObject><a onclick="x()"><rect width="80" height="60" fill="red"/></a>',
        ),
      ),
    )
    expect(pixel(picture, 40, 30)).toEqual([255, 0, 0, 255])
  })
})

describe('an SVG is drawn at the wished size', () => {
  const line =
    '<path d="M0 0L80 60" stroke="black" stroke-width=".3"/><circle cx="60" cy="15" r="9.5" fill="none" stroke="#c00" stroke-width=".2"/>'
  const white = '<rect width="100%" height="100%" fill="#fff"/>'
  const file = bytesOf(svgOf(white + line, 'width="80" height="60" viewBox="0 0 80 60"'))

  it('and is as sharp as the renderer makes it there', async () => {
    const { data, width, height } = await run(file, [step('resize', { width: 320, fit: 'stretch' })])
    expect([width, height]).toEqual([320, 240])
    expect(psnr(data, await byRenderer(svgOf(white + line, 'width="320" height="240" viewBox="0 0 80 60"')))).toBe(Infinity)
    const scaled = await sharp((await run(file, [])).data, { raw: { width: 80, height: 60, channels: 4 } })
      .resize(320)
      .raw()
      .toBuffer()
    expect(psnr(data, scaled)).toBeLessThan(30)
  })

  it.each<[string, readonly Step[], string]>([
    [
      'cut out',
      [step('crop', { x: 40, y: 0, width: 40, height: 30 }), step('resize', { width: 320, fit: 'stretch' })],
      'viewBox="40 0 40 30"',
    ],
    ['stretched', [step('resize', { width: 320, height: 480, fit: 'stretch' })], 'viewBox="0 0 80 60" preserveAspectRatio="none"'],
    ['covered', [step('cover', { width: 300, height: 300 })], 'viewBox="10 0 60 60"'],
  ])('%s', async (_, steps, attributes) => {
    const { data, width, height } = await run(file, steps)
    const wide = svgOf(
      white.replaceAll('width="100%" height="100%"', 'width="80" height="60"') + line,
      `width="${width}" height="${height}" ${attributes}`,
    )
    expect(psnr(data, await byRenderer(wide))).toBeGreaterThan(55)
  })

  it('turned first, it is as sharp', async () => {
    const { data, width, height, execution } = await run(file, [
      step('rotate', { degrees: 90 }),
      step('resize', { width: 240, fit: 'stretch' }),
    ])
    expect([width, height, execution.steps]).toEqual([240, 320, []])
    const upright = await byRenderer(svgOf(white + line, 'width="320" height="240" viewBox="0 0 80 60"'))
    expect(
      psnr(
        data,
        await sharp(upright, { raw: { width: 320, height: 240, channels: 4 } })
          .rotate(90)
          .raw()
          .toBuffer(),
      ),
    ).toBe(Infinity)
  })

  it('blurred first, it is the blurred picture that is scaled', async () => {
    const blurred = await run(file, [step('blur', { sigma: 2 })])
    const both = await run(file, [step('blur', { sigma: 2 }), step('resize', { width: 160, fit: 'stretch' })])
    const scaled = await sharp(blurred.data, { raw: { width: 80, height: 60, channels: 4 } })
      .resize(160, 120, { kernel: 'lanczos3' })
      .raw()
      .toBuffer()
    expect(psnr(both.data, scaled)).toBeGreaterThan(40)
  })

  it('in strips, where it is large, with the pixels that it has in one piece', async () => {
    const text = drawing(240).replaceAll(/ filter="url\(#f\)"/g, '')
    const whole = { window: { x: 0, y: 0, width: 240, height: 180 }, width: 2400, height: 1800, kernel: 'lanczos3' } as const
    const large = await drawn(bytesOf(text), whole)
    const [top, rows] = [600, 300]
    const part = await drawn(bytesOf(text), { ...whole, window: { x: 0, y: 60, width: 240, height: 30 }, height: rows })
    expect(psnr(large.data.subarray(top * 2400 * 4, (top + rows) * 2400 * 4), part.data)).toBeGreaterThan(60)
  })
})

describe('a plan of an SVG', () => {
  it('makes a PNG where nothing is wished, and has one page', async () => {
    expect((await run(bytesOf(drawing(40)), [], 'source')).mime).toBe('image/png')
    expect(() => planExecution({ steps: [], output: { format: 'png', quality: 80 }, page: 2 }, bytesOf(drawing(40)), LIMITS)).toThrow(
      expect.objectContaining({ code: 'invalid_parameter', field: 'page' }),
    )
  })

  it('has memory for ten megapixels of a drawing, and tells when a document would take too much', () => {
    const plan = (content: string, width: number) =>
      planExecution(
        { steps: [step('resize', { width, fit: 'stretch' })], output: { format: 'png', quality: 80 } },
        bytesOf(svgOf(content)),
        LIMITS,
      )
    expect(plan('<rect width="80" height="60"/>', 3600).peakBytes).toBeLessThan(60_000_000)
    expect(() => plan('<g filter="url(#f)"><rect width="80" height="60"/></g>', 5000)).toThrow(
      expect.objectContaining({ code: 'too_many_pixels' }),
    )
  })
})
