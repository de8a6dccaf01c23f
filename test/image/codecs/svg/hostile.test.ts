import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { readSvg } from '../../../../src/image/codecs/svg/document.ts'
import { SVG_LIMITS } from '../../../../src/image/codecs/svg/limits.ts'
import { stripsOf } from '../../../../src/image/codecs/svg/view.ts'
import { weighSvg } from '../../../../src/image/codecs/svg/weigh/weigh.ts'
import { execute } from '../../../../src/image/execute.ts'
import { wholeImage } from '../../../../src/image/geometry.ts'
import { planExecution } from '../../../../src/image/planner.ts'
import { RENDERER_MAX_BYTES } from '../../../../src/image/text/resvg.ts'
import { decoded } from '../../../support/icc/decoded.ts'
import { openImageContext } from '../../../support/image-context.ts'
import { random } from '../../engine/png/writer.ts'
import { bytesOf, drawing, svgOf } from './documents.ts'
import { HOSTILE } from './hostile.ts'

const LIMITS = { maxSteps: 8, maxPixels: 100_000_000, maxSide: 12_000, memoryBytes: 80_000_000 }
const GOOD = bytesOf(svgOf('<rect width="2" height="1" fill="#00f"/>', 'width="2" height="1"'))

async function endOf(file: Uint8Array): Promise<AppError | 'drawn'> {
  const { context, release } = openImageContext()
  try {
    const execution = planExecution({ steps: [], output: { format: 'png', quality: 80 } }, file, LIMITS)
    await execute(execution, file, [], context, (_phase, work) => Promise.resolve(work()))
    return 'drawn'
  } catch (thrown) {
    if (thrown instanceof AppError) return thrown
    throw thrown
  } finally {
    await release(true)
  }
}

describe('a hostile SVG', () => {
  it.each(HOSTILE.map(({ name, ...hostile }) => [name, hostile] as const))('%s', async (_, { file, ends }) => {
    const end = await endOf(file())
    if (ends === 'drawn' || end === 'drawn') expect(end).toBe(ends)
    else {
      expect([415, 422]).toContain(end.fault.status)
      expect(end.publicText).toMatch(ends)
    }
    expect([...(await decoded(GOOD)).data]).toEqual([0, 0, 255, 255, 0, 0, 255, 255])
  })
})

it('damage anywhere ends in a picture or a clean error', async () => {
  const file = bytesOf(drawing(60))
  const next = random(7)
  for (let run = 0; run < 80; run++) {
    const damaged = run % 8 === 0 ? file.slice(0, next(file.length)) : file.slice()
    for (let change = 0; change < 3 && damaged.length > 0; change++) damaged[next(damaged.length)] = 32 + next(95)
    const end = await endOf(damaged)
    expect([run, end === 'drawn' ? 422 : end.fault.status]).toEqual([run, expect.toBeOneOf([415, 422])])
  }
})

describe('the weight of a document', () => {
  const weigh = (content: string, attributes = 'width="800" height="600" viewBox="0 0 80 60"') => {
    const document = readSvg(bytesOf(svgOf(content, attributes)))
    return weighSvg(document, stripsOf(document, wholeImage(document.shape)))
  }
  const empty = weigh('')
  const workOf = (content: string): number => weigh(content).work - empty.work
  const bytesOfLayers = (content: string): number => weigh(content).bytes - empty.bytes
  const full = '<rect width="80" height="60"/>'
  const megapixels = 0.48

  it('grows with what is painted, and not with what is beside the canvas', () => {
    expect(workOf(full)).toBeGreaterThan(megapixels * 10_000)
    expect(workOf('<rect x="100" width="80" height="60"/>')).toBeLessThan(200)
    expect(workOf('<rect width="8" height="6"/>')).toBeLessThan(workOf(full) / 10)
    expect(workOf(`<defs>${full}</defs>`)).toBeLessThan(100)
  })

  it.each<[string, string, number]>([
    ['opacity', `<g opacity=".5">${full}</g>`, 30_000],
    ['opacity of a style', `<style>g{opacity:.5}</style><g>${full}</g>`, 30_000],
    ['a cut', `<clipPath id="c">${full}</clipPath><g clip-path="url(#c)">${full}</g>`, 60_000],
    ['a mask', `<mask id="c">${full}</mask><g mask="url(#c)">${full}</g>`, 80_000],
    ['a filter', `<filter id="f"><feGaussianBlur/></filter><g filter="url(#f)">${full}</g>`, 200_000],
    ['octaves', `<filter id="f"><feTurbulence numOctaves="9"/></filter><g filter="url(#f)">${full}</g>`, 1_000_000],
    ['a radius', `<filter id="f"><feMorphology radius="1"/></filter><g filter="url(#f)">${full}</g>`, 500_000],
    ['an order', `<filter id="f"><feConvolveMatrix order="9"/></filter><g filter="url(#f)">${full}</g>`, 900_000],
    ['a pattern', `<pattern id="p" width=".1" height=".1">${full}</pattern><rect width="80" height="60" fill="url(#p)"/>`, 38_000],
    [
      'markers',
      `<marker id="k" markerWidth="80" markerHeight="60">${full}</marker><path d="M0 0h1v1h1v1h1" marker-mid="url(#k)"/>`,
      100_000,
    ],
    ['letters', `<text font-size="30">${'A'.repeat(60)}</text>`, 60_000],
    ['parts of texts', `<text font-size="1">${'<tspan>A</tspan>'.repeat(500)}</text>`, 70_000],
    ['dashes', `<path d="M0 0H80" stroke="red" stroke-dasharray=".08"/>`, 10_000],
    ['what is used twice', `<g id="g">${full.repeat(5)}</g><use href="#g"/>`, 55_000],
  ])('counts %s', (_, content, least) => {
    expect(workOf(content)).toBeGreaterThan(least)
  })

  it('holds a picture for each layer inside another', () => {
    const picture = 800 * 600 * 4
    const layers = (count: number): string => '<g opacity=".5">'.repeat(count) + full + '</g>'.repeat(count)
    expect(bytesOfLayers(layers(8)) - bytesOfLayers(layers(4))).toBeGreaterThan(4 * picture)
    expect(weigh(layers(30)).bytes).toBeGreaterThan(RENDERER_MAX_BYTES)
  })

  it('leaves room for drawings as people make them', () => {
    const icons =
      '<g transform="translate(9 9)" opacity=".8"><path d="M0 0h4v4h-4z m1 1 l2 2" stroke="#000" stroke-width=".2"/></g>'.repeat(1500)
    const map = `<path fill="none" stroke="#963" stroke-width=".3" d="M40 30${'l.1 .05 -.07 .1'.repeat(30_000)}"/>`
    const shadow = `<filter id="s"><feDropShadow stdDeviation=".3"/></filter><g filter="url(#s)">${full}</g>`
    for (const content of [icons, map, shadow, '<circle cx="9" cy="9" r="3"/>'.repeat(10_000)]) {
      expect(weigh(content).work).toBeLessThan(SVG_LIMITS.work)
      expect(weigh(content).bytes).toBeLessThan(RENDERER_MAX_BYTES)
    }
  })
})
