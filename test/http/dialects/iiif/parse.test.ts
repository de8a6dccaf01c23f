import { describe, expect, it } from 'vitest'
import { readAddress } from '../../../../src/http/dialects/iiif/address.ts'
import { parseImage } from '../../../../src/http/dialects/iiif/parse.ts'
import { spellIiif } from '../../../../src/http/dialects/iiif/spell.ts'
import type { Version } from '../../../../src/http/dialects/iiif/version.ts'
import { parseImageQuery } from '../../../../src/http/dialects/bytescale/image-query/parse.ts'
import { canonical, type TransformPlan } from '../../../../src/image/plan.ts'

const IMAGE = { width: 1000, height: 600 }
const LIMITS = { maxWidth: 3000, maxArea: 2_000_000 }

function parse(text: string, version: Version, limits = LIMITS, image = IMAGE) {
  const address = readAddress(`/Emu1s1n/iiif/${version}/a.jpg/${text}`)
  if (address?.asked.kind !== 'image') throw new Error('no image')
  return parseImage(address.asked.words, version, image, limits)
}

/** The plan of an image URL of another dialect. */
const image = (query: string): TransformPlan => parseImageQuery([...new URLSearchParams(query)]).plan

/** Words, their canonical URI, and an image URL of the same wish. */
const PLANS: readonly (readonly [words: string, version: Version, canonical: string, query: string])[] = [
  ['full/max/0/default.jpg', '3', 'full/max/0/default.jpg', 'f=jpg'],
  ['full/full/0/default.jpg', '2', 'full/full/0/default.jpg', 'f=jpg'],
  ['full/max/0/default.jpg', '2', 'full/full/0/default.jpg', 'f=jpg'],
  ['full/max/360/color.png', '3', 'full/max/0/default.png', 'f=png'],
  ['0,0,1000,600/1000,600/0/default.jpg', '3', 'full/max/0/default.jpg', 'f=jpg'],
  ['pct:0,0,100,100/pct:100/0.0/color.jpg', '3', 'full/max/0/default.jpg', 'f=jpg'],
  ['square/max/0/default.jpg', '3', '200,0,600,600/max/0/default.jpg', 'f=jpg&crop-x=200&crop-y=0&crop-w=600&crop-h=600'],
  ['900,500,300,300/max/0/default.jpg', '3', '900,500,100,100/max/0/default.jpg', 'f=jpg&crop-x=900&crop-y=500&crop-w=100&crop-h=100'],
  ['pct:10,20,30.5,40/max/0/default.jpg', '3', '100,120,305,240/max/0/default.jpg', 'f=jpg&crop-x=100&crop-y=120&crop-w=305&crop-h=240'],
  ['pct:99.99,0,0.001,0.001/max/0/default.jpg', '3', '999,0,1,1/max/0/default.jpg', 'f=jpg&crop-x=999&crop-y=0&crop-w=1&crop-h=1'],
  ['full/500,/0/default.jpg', '3', 'full/500,300/0/default.jpg', 'f=jpg&w=500&h=300&fit=stretch'],
  ['full/500,/0/default.jpg', '2', 'full/500,/0/default.jpg', 'f=jpg&w=500&h=300&fit=stretch'],
  ['full/,300/0/default.jpg', '3', 'full/500,300/0/default.jpg', 'f=jpg&w=500&h=300&fit=stretch'],
  ['full/pct:50/0/default.jpg', '3', 'full/500,300/0/default.jpg', 'f=jpg&w=500&h=300&fit=stretch'],
  ['full/!500,500/0/default.jpg', '3', 'full/500,300/0/default.jpg', 'f=jpg&w=500&h=300&fit=stretch'],
  ['full/!900,300/0/default.jpg', '3', 'full/500,300/0/default.jpg', 'f=jpg&w=500&h=300&fit=stretch'],
  ['full/!2000,3000/0/default.jpg', '3', 'full/max/0/default.jpg', 'f=jpg'],
  ['full/500,500/0/default.jpg', '3', 'full/500,500/0/default.jpg', 'f=jpg&w=500&h=500&fit=stretch'],
  ['full/500,500/0/default.jpg', '2', 'full/500,500/0/default.jpg', 'f=jpg&w=500&h=500&fit=stretch'],
  ['full/^1500,/0/default.jpg', '3', 'full/^1500,900/0/default.jpg', 'f=jpg&w=1500&h=900&fit=stretch'],
  ['full/^!1500,1500/0/default.jpg', '3', 'full/^1500,900/0/default.jpg', 'f=jpg&w=1500&h=900&fit=stretch'],
  ['full/^pct:150/0/default.jpg', '3', 'full/^1500,900/0/default.jpg', 'f=jpg&w=1500&h=900&fit=stretch'],
  ['full/%5E500,/0/default.jpg', '3', 'full/500,300/0/default.jpg', 'f=jpg&w=500&h=300&fit=stretch'],
  ['full/,900/0/default.jpg', '2', 'full/1500,/0/default.jpg', 'f=jpg&w=1500&h=900&fit=stretch'],
  ['full/^max/0/default.jpg', '3', 'full/^max/0/default.jpg', 'f=jpg&w=1825&h=1095&fit=stretch'],
  ['full/max/90/default.jpg', '3', 'full/max/90/default.jpg', 'f=jpg&rotate=90'],
  ['full/max/22.50/default.png', '3', 'full/max/22.5/default.png', 'f=png&rotate=22.5'],
  ['full/max/!0/default.jpg', '3', 'full/max/!0/default.jpg', 'f=jpg&flop=true'],
  ['full/max/0/gray.webp', '3', 'full/max/0/gray.webp', 'f=webp&grayscale=true&anim=false'],
  ['full/max/0/bitonal.gif', '3', 'full/max/0/bitonal.gif', 'f=gif&threshold=true&anim=false'],
]

describe('an image URI', () => {
  it.each(PLANS)('%s in %s is the plan of an image URL', (words, version, uri, query) => {
    const wish = parse(words, version)
    expect(canonical(wish.plan)).toBe(canonical(image(query)))
    expect(wish.canonical).toBe(uri)
    // The canonical URI means the same.
    expect(parse(uri, version)).toEqual(wish)
  })

  it('does its words in their order: region, size, mirror, rotation, quality', () => {
    const { steps } = parse('10,20,100,50/50,25/!90/gray.jpg', '3').plan
    expect(steps.map(({ op }) => op)).toEqual(['crop', 'resize', 'flip', 'rotate', 'grayscale'])
  })

  it('of the largest size stays within the limits', () => {
    expect(parse('full/max/0/default.jpg', '3', { maxWidth: 500, maxArea: 1e6 }).plan.steps).toMatchObject([
      { params: { width: 500, height: 300 } },
    ])
    expect(parse('full/max/0/default.jpg', '3', { maxWidth: 500, maxArea: 60_000 }).plan.steps).toMatchObject([
      { params: { width: 316, height: 189 } },
    ])
  })

  it.each<readonly [string, Version, string]>([
    ['region', '3', 'all/max/0/default.jpg'],
    ['region', '3', '0,0,10/max/0/default.jpg'],
    ['region', '3', '-1,0,10,10/max/0/default.jpg'],
    ['region', '3', '0,0,0,10/max/0/default.jpg'],
    ['region', '3', '1000,0,10,10/max/0/default.jpg'],
    ['region', '3', '0,600,10,10/max/0/default.jpg'],
    ['region', '3', 'pct:100,0,10,10/max/0/default.jpg'],
    ['region', '3', 'pct:0,0,0,10/max/0/default.jpg'],
    ['region', '3', 'pct:0,0,1e1,10/max/0/default.jpg'],
    ['size', '3', 'full/full/0/default.jpg'],
    ['size', '3', 'full/1001,/0/default.jpg'],
    ['size', '3', 'full/,601/0/default.jpg'],
    ['size', '3', 'full/1001,300/0/default.jpg'],
    ['size', '3', 'full/pct:101/0/default.jpg'],
    ['size', '3', 'full/^3001,10/0/default.jpg'],
    ['size', '3', 'full/^2000,2000/0/default.jpg'],
    ['size', '2', 'full/2000,2000/0/default.jpg'],
    ['size', '2', 'full/^500,/0/default.jpg'],
    ['size', '3', 'full/0,/0/default.jpg'],
    ['size', '3', 'full/,0/0/default.jpg'],
    ['size', '3', 'full/,/0/default.jpg'],
    ['size', '3', 'full/!500,/0/default.jpg'],
    ['size', '3', 'full/pct:0/0/default.jpg'],
    ['size', '3', 'full/50/0/default.jpg'],
    ['size', '3', 'full//0/default.jpg'],
    ['rotation', '3', 'full/max/361/default.jpg'],
    ['rotation', '3', 'full/max/-90/default.jpg'],
    ['rotation', '3', 'full/max/+90/default.jpg'],
    ['rotation', '3', 'full/max/90!/default.jpg'],
    ['rotation', '3', 'full/max/!/default.jpg'],
    ['rotation', '3', 'full/max/1e2/default.jpg'],
    ['quality', '3', 'full/max/0/grey.jpg'],
    ['quality', '3', 'full/max/0/native.jpg'],
    ['quality', '3', 'full/max/0/toString.jpg'],
    ['format', '3', 'full/max/0/default.tif'],
    ['format', '3', 'full/max/0/default.jp2'],
    ['format', '3', 'full/max/0/default.pdf'],
    ['format', '3', 'full/max/0/default.jpeg'],
    ['format', '3', 'full/max/0/default.'],
    ['format', '3', 'full/max/0/default'],
  ])('with a wrong %s in %s is refused: %s', (field, version, words) => {
    let thrown: unknown
    try {
      parse(words, version)
    } catch (error) {
      thrown = error
    }
    expect(thrown).toMatchObject({ field, fault: { status: 400 } })
  })
})

describe('the address', () => {
  it.each<readonly [string, string | null, string | null]>([
    ['/Emu1s1n/iiif/3/a.jpg', '/a.jpg', 'base'],
    ['/Emu1s1n/iiif/3/a.jpg/', '/a.jpg', 'base'],
    ['/Emu1s1n/iiif/2/photos%2Fa%20b.jpg/info.json', '/photos/a b.jpg', 'info'],
    ['/Emu1s1n/iiif/3/%C3%A9%21.jpg/full/max/!90/default.jpg', '/é!.jpg', 'image'],
    ['/Emu1s1n/iiif/3/photos/a.jpg/full/max/0/default.jpg', null, null],
    ['/Emu1s1n/iiif/3/a.jpg/full/max/0', null, null],
    ['/Emu1s1n/iiif/3/a.jpg/info.xml', null, null],
    ['/Emu1s1n/iiif/4/a.jpg/info.json', null, null],
    ['/Emu1s1n/iiif/3/', null, null],
  ])('%s', (pathname, path, kind) => {
    const address = readAddress(pathname)
    expect(address && [address.path, address.asked.kind]).toEqual(path && [path, kind])
  })

  it.each(['%2Fa.jpg', 'a%2F%2Fb.jpg', '%2E%2E%2Fa.jpg', '%ff', 'a%5Cb', 'a%00b'])('with the identifier %s names no file', (identifier) => {
    expect(() => readAddress(`/Emu1s1n/iiif/3/${identifier}/info.json`)).toThrow(expect.objectContaining({ code: 'invalid_path' }))
  })
})

describe('a plan', () => {
  const spell = (plan: TransformPlan) => spellIiif({ account: 'Emu1s1n', path: '/photos/ä.jpg', plan })

  it.each([
    ['f=jpg', 'full/max/0/default.jpg'],
    ['f=png&crop-x=5&crop-y=6&crop-w=70&crop-h=80', '5,6,70,80/max/0/default.png'],
    ['f=jpg&crop-x=5&crop-y=6&crop-w=70&crop-h=80&w=35&h=40&fit=stretch&grayscale=true', '5,6,70,80/^35,40/0/gray.jpg'],
    ['f=jpg&rotate=90', 'full/max/90/default.jpg'],
    ['f=jpg&threshold=128', 'full/max/0/bitonal.jpg'],
  ])('of an image URL %s has a URI', (query, uri) => {
    expect(spell(image(query))).toEqual({ method: 'GET', url: `/Emu1s1n/iiif/3/photos%2F%C3%A4.jpg/${uri}` })
  })

  it.each(['f=jpg&blur=2', 'f=jpg&w=5', 'f=jpg&q=70', 'w=5&h=5&fit=stretch', 'f=jpg&threshold=5', 'f=json', 'f=gif', 'f=jpg&rotate=-90'])(
    'of an image URL %s has none, and a reason',
    (query) => expect(spell(image(query))).toMatchObject({ reason: expect.stringMatching(/\.$/) as string }),
  )
})
