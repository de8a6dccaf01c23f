import { describe, expect, it } from 'vitest'
import * as z from 'zod'
import { DIALECTS } from '../../../scripts/openapi/dialects.ts'
import { openApiDocument } from '../../../scripts/openapi/document.ts'
import { TRANSFORMATIONS } from '../../../src/http/dialects/batch/described-transformations.ts'
import { INFO, parseTransformations, TYPES } from '../../../src/http/dialects/batch/transformations.ts'
import { IMAGE_QUERY } from '../../../src/http/dialects/bytescale/image-query/described.ts'
import { parseImageQuery } from '../../../src/http/dialects/bytescale/image-query/parse.ts'

interface Parameter {
  readonly name: string
  readonly in: string
  readonly description?: string
  readonly example?: unknown
}
interface Document {
  readonly paths: Readonly<
    Record<string, Readonly<Record<string, { operationId: string; parameters?: readonly (Parameter | { $ref: string })[] }>>>
  >
  readonly components: { readonly parameters: Readonly<Record<string, Parameter>> }
}
const { paths, components } = openApiDocument(DIALECTS, '0.0.0') as unknown as Document
const parametersOf = (operationId: string): readonly Parameter[] =>
  Object.values(paths)
    .flatMap((methods) => Object.values(methods))
    .filter((each) => each.operationId === operationId)
    .flatMap(({ parameters = [] }) => parameters)
    .map((each) => ('$ref' in each ? (components.parameters[each.$ref.split('/').at(-1) ?? ''] as Parameter) : each))

it('every parameter says what it is', () => {
  for (const { calls } of DIALECTS)
    for (const { operationId } of calls)
      for (const { name, description } of parametersOf(operationId)) expect(description, `${operationId}: ${name}`).toMatch(/\S.*\.$/)
})

/** What has to stand before a parameter, for it to have a meaning. */
const BEFORE: Readonly<Record<string, readonly (readonly [string, string])[]>> = {
  f2: [['f', 'webp']],
  fields: [['f', 'json']],
  crop: [
    ['w', '8'],
    ['h', '8'],
  ],
  fit: [
    ['w', '8'],
    ['h', '8'],
  ],
}
const LAYER = /^(color|font|gravity|padding|layer|blend|repeat)/

describe('the parameters of an image URL', () => {
  const parameters = parametersOf('showImage').filter((each) => each.in === 'query')

  it.each(parameters.map((each) => [each.name, each] as const))('%s has an example that is read', (name, { example }) => {
    expect(example).toBeDefined()
    const schema: z.ZodType | undefined = (IMAGE_QUERY.shape as Record<string, z.ZodType>)[name]
    if (!schema) return // `sig` and `enc` are read before the others.
    expect(schema.safeParse(example).error).toBeUndefined()
    const layer = name.startsWith('layer-w') || name.startsWith('layer-h') ? 'image' : 'text'
    const before = BEFORE[name] ?? (LAYER.test(name) ? [[layer, 'a'] as const] : [])
    expect(() => parseImageQuery([...before, [name, String(example)]])).not.toThrow()
  })
})

describe('the transformations of a batch request', () => {
  it('have the types that are read', () =>
    expect(Object.keys(TRANSFORMATIONS).toSorted()).toEqual([...Object.keys(TYPES), INFO].toSorted()))

  const sample: Readonly<Record<string, unknown>> = {
    text: 'Hi',
    source: '/a.png',
    color: '#ff0000',
    font: 'Times',
    width: 9,
    height: '50%',
    gravity: 'north',
    xoffset: 1,
    yoffset: '5%',
    fit: false,
    fit_type: 'letterbox',
    filter: 'sepia',
    direction: 'x',
    fields: ['width'],
    degrees: 9.25,
  }
  it.each(Object.entries(TRANSFORMATIONS))('%s has the members that are read, and no others', (type, schema) => {
    const given = Object.fromEntries(Object.keys(schema.shape).map((name) => [name, sample[name] ?? 1]))
    expect(schema.safeParse(given).error).toBeUndefined()
    const read = new Set<string>()
    const transformation = new Proxy(
      { type, ...given },
      { get: (target, name) => (read.add(String(name)), Reflect.get(target, name) as unknown) },
    )
    const ignored: string[] = []
    parseTransformations({ destination: type === INFO ? '/a.json' : '/a.png', transformations: [transformation] }, 'job', (field) =>
      ignored.push(field),
    )
    expect(ignored).toEqual([])
    expect([...read].filter((name) => name !== 'type' && name !== 'Source').toSorted()).toEqual(Object.keys(given).toSorted())
  })
})
