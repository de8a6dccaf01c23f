import { describe, expect, it } from 'vitest'
import { step } from '../../../src/image/plan.ts'
import { compileRule, ruleSchema } from '../../../src/service/triggers/rules.ts'

const preset = { steps: [step('resize', { width: 120, height: 90 })], output: { format: 'webp', quality: 80 } } as const
const plan = { steps: [{ op: 'resize' as const, params: { width: 200 } }], output: { format: 'webp' as const } }

const MAX_STEPS = 6
const repeated = (count: number, op: string, params: object) => ({ plan: { steps: Array.from({ length: count }, () => ({ op, params })) } })

const rule = (match: object, destination = '{dir}/thumbs/{name}-{width}.webp', output: object = { plan }) =>
  compileRule(
    ruleSchema.parse({ id: 'thumbs', match, outputs: [{ destination, ...output }] }),
    { account: 'Emu1s1n', service: 1 },
    (name) => (name === 'thumbnail' ? preset : undefined),
    MAX_STEPS,
  )

describe('a path', () => {
  it.each<[object, string, boolean]>([
    [{}, '/a.jpg', true],
    [{ prefix: '/incoming/' }, '/incoming/a.jpg', true],
    [{ prefix: '/incoming/' }, '/incoming2/a.jpg', false],
    [{ suffix: '.jpg' }, '/a/b.jpg', true],
    [{ suffix: '.jpg' }, '/a/b.jpeg', false],
    [{ glob: '/*/originals/*.jpg' }, '/a/originals/b.jpg', true],
    [{ glob: '/*/originals/*.jpg' }, '/a/b/originals/c.jpg', false],
    [{ glob: '/**/originals/*.jpg' }, '/a/b/originals/c.jpg', true],
    [{ glob: '/a?.jpg' }, '/ab.jpg', true],
    [{ glob: '/a?.jpg' }, '/a/.jpg', false],
    [{ glob: '/a.jpg' }, '/axjpg', false],
    [{ glob: '/(a|b)+[c].jpg' }, '/(a|b)+[c].jpg', true],
    [{ prefix: '/in/', suffix: '.png', glob: '/**/x*' }, '/in/x.png', true],
    [{ prefix: '/in/', suffix: '.png', glob: '/**/x*' }, '/in/y.png', false],
  ])('%j %s: %s', (match, path, matches) => {
    expect(rule(match).matchesPath(path)).toBe(matches)
  })
})

it.each<[object, string, number, boolean]>([
  [{}, 'image/png', 0, true],
  [{}, 'text/html', 0, false],
  [{ mime: ['image/png'] }, 'image/png', 0, true],
  [{ mime: ['image/png'] }, 'image/png; charset=x', 0, true],
  [{ mime: ['image/png'] }, 'Image/PNG', 0, true],
  [{ mime: ['IMAGE/*'] }, 'image/png', 0, true],
  [{}, 'IMAGE/PNG', 0, true],
  [{ mime: ['image/png'] }, 'image/pngx', 0, false],
  [{ minBytes: 100 }, 'image/png', 99, false],
  [{ minBytes: 100 }, 'image/png', 100, true],
])('a file: %j %s of %i bytes: %s', (match, mime, bytes, matches) => {
  expect(rule(match).matchesFile(mime, bytes)).toBe(matches)
})

describe('a destination', () => {
  it.each<[string, object, string]>([
    ['{dir}/thumbs/{name}-{width}.webp', { plan }, '/in/a/thumbs/photo.tar-200.webp'],
    ['/all/{rule}/{file}', { plan }, '/all/thumbs/photo.tar.gz'],
    ['/by/{ext}/{name}', { plan }, '/by/gz/photo.tar'],
    ['{dir}/{width}x{height}', { preset: 'thumbnail' }, '/in/a/120x90'],
  ])('%s', (template, output, expected) => {
    expect(rule({}, template, output).outputs('/in/a/photo.tar.gz')[0]?.destination).toBe(expected)
  })

  it('of a file in the root has no empty segment', () => {
    expect(rule({}).outputs('/photo.jpg')[0]?.destination).toBe('/thumbs/photo-200.webp')
  })

  it.each<[string, string, object]>([
    ['an unknown variable', '{dir}/{size}.webp', { plan }],
    ['a size that the plan does not name', '{dir}/{height}.webp', { plan }],
    ['an unknown preset', '{dir}/x.webp', { preset: 'nothing' }],
    ['a plan with an unknown operation', '{dir}/x.webp', { plan: { steps: [{ op: 'explode', params: {} }] } }],
    ['a plan with a wrong parameter', '{dir}/x.webp', { plan: { steps: [{ op: 'resize', params: { width: -1 } }] } }],
    ['more steps than the limit', '{dir}/x.webp', repeated(MAX_STEPS + 1, 'grayscale', {})],
    ['more looks than a plan may have', '{dir}/x.webp', repeated(5, 'trim', {})],
    ['a plan and a preset', '{dir}/x.webp', { plan, preset: 'thumbnail' }],
    ['neither', '{dir}/x.webp', {}],
    ['a relative destination', 'x.webp', { plan }],
  ])('with %s is refused at the start', (_, template, output) => {
    expect(() => rule({}, template, output)).toThrow()
  })

  it('with as many steps and looks as a plan may have is taken', () => {
    for (const output of [repeated(MAX_STEPS, 'grayscale', {}), repeated(4, 'trim', {})])
      expect(rule({}, '{dir}/x.webp', output).outputs('/a.jpg')).toHaveLength(1)
  })
})
