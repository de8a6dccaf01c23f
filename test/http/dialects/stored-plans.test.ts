import { expect, it } from 'vitest'
import { parseTransformations } from '../../../src/http/dialects/batch/transformations.ts'
import { parseImageQuery } from '../../../src/http/dialects/bytescale/image-query/parse.ts'
import { canonical } from '../../../src/image/plan.ts'
import { AppError } from '../../../src/errors.ts'
import { readPlan } from '../../../src/service/render/plan-json.ts'

/** One of each transformation of the batch API. */
const TRANSFORMATIONS = [
  { type: 'annotation', text: 'Text', size: 20, color: '#102030', gravity: 'south', xoffset: 3 },
  { type: 'blur', sigma: 2, radius: 3 },
  { type: 'brightness', bright_level: 20 },
  { type: 'colorize', red: 1, green: 2, blue: 3 },
  { type: 'contrast', level: 10 },
  { type: 'crop', width: '50%', height: 20, gravity: 'northeast' },
  { type: 'enhance' },
  { type: 'filter', filter: 'emboss' },
  { type: 'fitmethod', fit_type: 'letterbox', width: 30, height: 40, color: '#abc', opacity: 5 },
  { type: 'flip', direction: 'y' },
  { type: 'resize', width: '50h' },
  { type: 'rotate', degrees: 12.5 },
  { type: 'ulb' },
  { type: 'watermark', source: '/logo.png', width: '20%', gravity: 'middle' },
  { type: 'zoom', width: 10, level: 2 },
]

const QUERIES = [
  'w=400&h=300&fit=crop&f=webp&q=70',
  'w=400&crop=smart',
  'crop-x=10&crop-y=20&crop-w=30&crop-h=40',
  'blur=4&brightness=1.2&saturation=2',
  'flip=true&flop=true',
  'text=Hello',
  'image=/logo.png',
  'cm=keep&metadata=copyright',
  'f=webp&c=50&metadata=keep',
  'q=auto:low&max-bytes=9000',
  'w=40&f=json&fields=palette,width',
  'f=json',
]

const stored = (plan: unknown): unknown => JSON.parse(JSON.stringify(plan))

it.each(TRANSFORMATIONS)('a plan with $type comes back from storage as it went', (transformation) => {
  const plan = parseTransformations({ destination: '/x.webp', quality: 33, transformations: [transformation] }, 'jobs[0]')
  expect(canonical(readPlan(stored(plan)))).toBe(canonical(plan))
})

it.each(QUERIES)('so does that of ?%s', (query) => {
  const { plan } = parseImageQuery([...new URLSearchParams(query)])
  expect(canonical(readPlan(stored(plan)))).toBe(canonical(plan))
})

it('so does the page', () => {
  const plan = { steps: [], output: { format: 'png', quality: 80 }, page: 3 } as const
  expect(readPlan(stored(plan))).toEqual(plan)
})

it.each([
  ['an unknown operation', { steps: [{ op: 'explode', params: {} }] }],
  ['an unknown parameter', { steps: [{ op: 'flip', params: { axis: 'vertical', twice: true } }] }],
  ['an unknown field of information', { info: ['width', 'size'] }],
  ['no field of information', { info: [] }],
  ['an unknown format', { output: { format: 'tiff' } }],
  ['an unknown member', { steps: [], colour: 'red' }],
  ['no object', 'plan'],
  ['nothing', undefined],
])('%s is refused', (_, json) => {
  expect(() => readPlan(json)).toThrow(AppError)
})
