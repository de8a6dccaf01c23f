import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { parseImageQuery } from '../../../src/http/dialects/bytescale/image-query/parse.ts'
import { readTaskObjects } from '../../../src/http/dialects/filestack/processing/task-text.ts'
import { TASKS } from '../../../src/http/dialects/filestack/processing/tasks.ts'
import { planOf, readWish } from '../../../src/http/dialects/filestack/processing/wish.ts'
import { canonical, DEFAULT_OUTPUT, type TransformPlan } from '../../../src/image/plan.ts'
import { ANYBODY, OWNER, type Standing } from '../../../src/service/protection/standing.ts'
import {
  applyUrlPolicy,
  demandOriginal,
  FREE_POLICY,
  type UrlPolicy,
  WISH_NAMES,
  wishesOf,
} from '../../../src/service/protection/url-policy.ts'

const PATH = '/photos/a.jpg'
const plan = (query: string): TransformPlan => parseImageQuery([...new URLSearchParams(query)]).plan
const tasks = (...list: readonly object[]): TransformPlan => {
  const wish = readWish(readTaskObjects(list, 20), TASKS)
  return planOf(wish, () => '/other.png', undefined)
}
const settle = (
  policy: Partial<UrlPolicy>,
  query: string | TransformPlan,
  standing = ANYBODY,
  preset: string | null = null,
  isKept = true,
) =>
  applyUrlPolicy({ ...FREE_POLICY, ...policy }, standing, {
    path: PATH,
    plan: typeof query === 'string' ? plan(query) : query,
    preset: preset === null ? null : plan(preset),
    isKept,
  })
function outcome(work: () => unknown): string {
  try {
    work()
    return 'allowed'
  } catch (thrown) {
    const { code, field, reason } = AppError.from(thrown)
    return `${code} ${field ?? ''}: ${reason}`
  }
}

const inFolder = (kind: Standing['kind'], folder: string): Standing => ({ kind, folder })

describe('who is exempt', () => {
  it.each<[string, Standing, boolean]>([
    ['nobody', ANYBODY, false],
    ['the owner', OWNER, true],
    ['a signature', inFolder('signed', '/'), true],
    ['a key of the folder', inFolder('owner', '/photos'), true],
    ['a signature by a key of the folder', inFolder('signed', '/photos'), true],
    ['a key of another folder', inFolder('owner', '/photo'), false],
    ['a signature by a key of another folder', inFolder('signed', '/other'), false],
  ])('%s', (_, standing, isExempt) => {
    const strict: Partial<UrlPolicy> = { allow: 'signed', widths: [100], maxUnsignedPixels: 1 }
    expect(outcome(() => settle(strict, 'w=90', standing))).toMatch(isExempt ? /^allowed/ : /^forbidden/)
    if (isExempt) expect(settle(strict, 'w=90', standing)).toEqual(plan('w=90'))
    expect(outcome(() => demandOriginal({ ...FREE_POLICY, allow: 'signed' }, standing, PATH))).toMatch(
      isExempt ? /^allowed/ : /^forbidden : Expected a signed URL/,
    )
  })
})

describe('what is allowed', () => {
  it.each<[string, Partial<UrlPolicy>, string | TransformPlan, string | null, string]>([
    ['everything by default', {}, 'w=10&blur=3&f=json', null, 'allowed'],
    ['no image with presets', { allow: 'presets' }, 'w=10', null, 'forbidden : Expected the name of a preset'],
    [
      'no tasks with presets',
      { allow: 'presets' },
      tasks({ name: 'resize', params: { width: 10 } }),
      null,
      'forbidden : Expected the name',
    ],
    ['a preset', { allow: 'presets' }, 'w=10', 'w=10', 'allowed'],
    ['nothing beside it', { allow: 'presets' }, 'w=10&blur=3', 'w=10', 'forbidden blur: Expected nothing beside the preset'],
    ['no other width of it', { allow: 'presets' }, 'w=11', 'w=10', 'forbidden resize'],
    ['what is named beside it', { allow: 'presets', parameters: ['blur'] }, 'w=10&blur=3', 'w=10', 'allowed'],
    ['no preset with signed', { allow: 'signed' }, 'w=10', 'w=10', 'forbidden : Expected a signed URL'],
    ['named operations', { parameters: ['resize', 'format'] }, 'w=10&f=webp', null, 'allowed'],
    ['no others', { parameters: ['resize', 'format'] }, 'w=10&blur=3', null, 'forbidden blur: Expected only resize, format without'],
    ['no quality', { parameters: ['resize'] }, 'w=10&q=77', null, 'forbidden quality'],
    [
      'the usual quality of any dialect',
      { parameters: ['format'] },
      tasks({ name: 'output', params: { format: 'webp' } }),
      null,
      'allowed',
    ],
    ['no words for a quality', { parameters: ['resize'] }, 'w=10&q=auto', null, 'forbidden quality'],
    ['no page', { parameters: [] }, 'page=2', null, 'forbidden page: Expected no parameters without'],
    ['no information', { parameters: ['resize'] }, 'f=json', null, 'forbidden info'],
    ['the same in tasks', { parameters: ['resize'] }, tasks({ name: 'blur', params: { amount: 3 } }), null, 'forbidden blur'],
    ['a task that is named', { parameters: ['resize'] }, tasks({ name: 'resize', params: { width: 10 } }), null, 'allowed'],
    ['no second layer like that of the preset', { allow: 'presets' }, 'text=a&text=a', 'text=a', 'forbidden text'],
  ])('%s', (_, policy, wish, preset, expected) => {
    expect(outcome(() => settle(policy, wish, ANYBODY, preset))).toMatch(expected)
  })

  it('keeps what is made, unless that is named', () => {
    expect(outcome(() => settle({ parameters: ['resize'] }, 'w=10', ANYBODY, null, false))).toMatch('forbidden uncached')
    expect(outcome(() => settle({ parameters: ['resize', 'uncached'] }, 'w=10', ANYBODY, null, false))).toBe('allowed')
  })

  it('names every wish so that it can be allowed', () => {
    const query = 'w=10&blur=3&f=webp&q=33&c=20&page=2&anim=false&cm=keep&metadata=keep&max-bytes=999'
    const wishes = wishesOf({ plan: plan(query), preset: null, isKept: false })
    expect(wishes.filter((name) => !WISH_NAMES.includes(name))).toEqual([])
    expect(wishes.toSorted()).toEqual(
      ['resize', 'blur', 'format', 'quality', 'effort', 'page', 'still', 'colours', 'metadata', 'maxBytes', 'uncached'].toSorted(),
    )
  })
})

describe('widths', () => {
  const widths = [100, 200, 400]
  it.each([
    ['w=1', 'w=100'],
    ['w=100', 'w=100'],
    ['w=101', 'w=200'],
    ['w=50&dpr=3', 'w=200'],
    ['w=5000', 'w=400'],
    ['h=150', 'h=200'],
    ['w=150&h=75', 'w=200&h=100'],
    ['w=150&h=300&fit=crop', 'w=200&h=400&fit=crop'],
    ['w=200&h=33&fit=crop', 'w=200&h=33&fit=crop'],
    ['w=150&h=300&fit=crop&crop=smart', 'w=200&h=400&fit=crop&crop=smart'],
    ['w=150&fit=width', 'w=200&fit=width'],
    ['crop-w=33&w=3', 'crop-w=33&w=100'],
    ['blur=3', 'blur=3'],
  ])('%s is %s', (query, snapped) => {
    expect(settle({ widths }, query)).toEqual(plan(snapped))
  })

  it('are the same ladder in every dialect, so that aliases are one result', () => {
    const wishes = [plan('w=150'), plan('w=199'), plan('w=66&dpr=3'), tasks({ name: 'resize', params: { width: 101 } })]
    const texts = wishes.map((wish) => canonical({ steps: settle({ widths }, wish).steps, output: DEFAULT_OUTPUT }))
    expect(new Set(texts)).toHaveLength(1)
  })

  it('are an error where that is wished, which names them', () => {
    const policy = { widths, snap: 'reject' } as const
    expect(outcome(() => settle(policy, 'w=150'))).toBe(
      'invalid_parameter width: Expected a width of 100, 200, 400 pixels without a signature, received 150.',
    )
    expect(outcome(() => settle(policy, 'h=150'))).toMatch('invalid_parameter height')
    expect(outcome(() => settle(policy, 'w=200&h=7&fit=crop'))).toBe('allowed')
  })

  it('leave a preset as its owner wrote it', () => {
    expect(settle({ widths }, 'w=150', ANYBODY, 'w=150')).toEqual(plan('w=150'))
    expect(settle({ widths }, 'w=151', ANYBODY, 'w=150')).toEqual(plan('w=200'))
  })

  it('snap once and for all', () => {
    const side = fc.option(fc.integer({ min: 1, max: 3000 }), { nil: undefined })
    const fit = fc.constantFrom('max', 'crop', 'stretch', 'shrink')
    fc.assert(
      fc.property(side, side, fit, (w, h, how) => {
        const sides = Object.entries({ w, h }).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${value}`]))
        const once = settle({ widths }, [...sides, `fit=${how}`].join('&'))
        expect(settle({ widths }, once)).toEqual(once)
        for (const { op, params } of once.steps) {
          if (op !== 'resize' && op !== 'cover') continue
          expect(widths).toContain(params.width ?? params.height)
        }
      }),
    )
  })
})

describe('the most pixels', () => {
  it('are part of the plan, and so of the key', () => {
    const bounded = settle({ maxUnsignedPixels: 1000 }, 'w=10')
    expect(bounded).toEqual({ ...plan('w=10'), mostPixels: 1000 })
    expect(canonical(bounded)).not.toBe(canonical(plan('w=10')))
  })
})
