import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { XMLParser } from 'fast-xml-parser'
import createClient, { type Client, type Middleware, type MiddlewareCallbackParams } from 'openapi-fetch'
import type { paths } from '../../../build/openapi/paths.d.ts'
import { type Answer, followed, type OpenApiDocument, type Operation, type Parameter, told } from './document.ts'

export type ApiClient = Client<paths>

/** A call that was made. */
export interface HeldCall {
  readonly tag: string
  readonly operationId: string
  readonly status: number
  /** Method, URL and body: what makes it another call. */
  readonly text: string
  /** Where the document and the service disagree. */
  readonly wrong: readonly string[]
}

type Params = MiddlewareCallbackParams['params']

/** Slashes of paths stay, as docs/openapi.md says; those of an IIIF identifier do not. What else has a meaning in a task stays too. */
function writePath(pattern: string, values: Readonly<Record<string, unknown>>): string {
  return pattern.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
    const text = encodeURIComponent(String(values[name])).replaceAll(/%(2C|3A|3D|21)/g, decodeURIComponent)
    return name === 'identifier' ? text : text.replaceAll('%2F', '/')
  })
}

/** A client of the generated types whose every call is held against the document: what was taken, and what was answered, errors too. */
export function heldClient(document: OpenApiDocument, origin: string): { readonly client: ApiClient; readonly calls: readonly HeldCall[] } {
  const { wrongValue } = schemasOf()
  const calls: HeldCall[] = []
  const bodies = new Map<string, string>()

  function wrongRequest(operation: Operation, params: Params, body: string) {
    const parameters = (operation.parameters ?? []).map((each) => followed<Parameter>(document, each))
    const given = parameters.flatMap(({ name, in: place, required, schema }) => {
      const value = params[place]?.[name]
      if (value === undefined) return required ? [`${name} is missing`] : []
      return wrongValue(schema, value).map((text) => `${name}: ${text}`)
    })
    const unknown = Object.keys(params['query'] ?? {}).filter(
      (name) => !parameters.some((each) => each.in === 'query' && each.name === name),
    )
    const schema = operation.requestBody?.content['application/json']?.schema
    if (!schema) return [...given, ...unknown.map((name) => `${name} is not described`)]
    const read = body === '' ? (operation.requestBody?.required ? ['the body is missing'] : []) : wrongValue(schema, JSON.parse(body))
    return [...given, ...unknown.map((name) => `${name} is not described`), ...read.map((text) => `body: ${text}`)]
  }

  async function wrongAnswer({ responses }: Operation, response: Response): Promise<readonly string[]> {
    const described = responses[response.status]
    if (!described) return [`the status ${response.status} is not described`]
    const { content, headers = {}, 'x-error-codes': codes, 'x-body-optional': bodyOptional } = followed<Answer>(document, described)
    const absent = Object.entries(headers).flatMap(([name, { required }]) =>
      required && !response.headers.has(name) ? [`${name} is missing`] : [],
    )
    const bytes = await response.arrayBuffer()
    if (!content) return [...absent, ...(bytes.byteLength > 0 ? ['it has a body'] : [])]
    if (bodyOptional && bytes.byteLength === 0) return absent
    const type = (response.headers.get('Content-Type') ?? '').split(';')[0] ?? ''
    const range = told(content, type)
    if (range === undefined) return [`the type ${JSON.stringify(type)} is not described`]
    const schema = content[range]?.schema
    const text = new TextDecoder().decode(bytes)
    const value: unknown = type.endsWith('json') ? JSON.parse(text) : type.endsWith('xml') && schema ? readXml(text, schema) : text
    const { error, Code } = Object(value) as { error?: { code?: unknown }; Code?: unknown }
    const code = error?.code ?? Code
    const wrongCode = codes && typeof code === 'string' && !codes.includes(code) ? [`the code ${code} is not described`] : []
    return [...absent, ...wrongCode, ...(schema ? wrongValue(schema, value) : [])]
  }

  const hold: Middleware = {
    async onRequest({ request, id }) {
      if (request.headers.get('Content-Type') === 'application/json') bodies.set(id, await request.clone().text())
    },
    async onResponse({ request, response, schemaPath, params, id }) {
      const operation = document.paths[schemaPath]?.[request.method.toLowerCase()]
      if (!operation) throw new Error(`${request.method} ${schemaPath} is no call of the document`)
      const body = bodies.get(id) ?? ''
      const wrong = [...(response.ok ? wrongRequest(operation, params, body) : []), ...(await wrongAnswer(operation, response.clone()))]
      const { operationId, tags } = operation
      calls.push({ tag: tags[0] ?? '', operationId, status: response.status, text: `${request.method} ${request.url} ${body}`, wrong })
    },
  }
  const client = createClient<paths>({ baseUrl: origin, pathSerializer: writePath, redirect: 'manual' })
  client.use(hold)
  return { client, calls }
}

interface XmlSchema {
  readonly anyOf?: readonly XmlSchema[]
  readonly xml?: { readonly name: string }
  readonly properties?: Readonly<Record<string, { readonly type?: string }>>
}

/** What stands below the root element, which must be one that the schema names. */
function readXml(text: string, schema: XmlSchema): unknown {
  const roots = schema.anyOf ?? [schema]
  const lists = new Set(
    roots.flatMap(({ properties = {} }) => Object.keys(properties).filter((name) => properties[name]?.type === 'array')),
  )
  const parser = new XMLParser({ isArray: (name) => lists.has(name), ignoreDeclaration: true })
  const [[root, value] = ['', null]] = Object.entries(parser.parse(text) as Record<string, unknown>)
  if (!roots.some(({ xml }) => xml?.name === root)) return `<${root}>`
  return value === '' ? {} : value
}

/** JSON Schema 2020-12, the dialect of OpenAPI 3.1. */
function schemasOf() {
  const ajv = new Ajv2020({ strictTypes: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addFormat('binary', true)
  ajv.addKeyword('xml')
  return {
    wrongValue(schema: Readonly<Record<string, unknown>>, value: unknown): readonly string[] {
      const holds = ajv.compile(schema)
      return holds(value)
        ? []
        : (holds.errors ?? []).map(
            ({ instancePath, message }) => `${instancePath} ${message ?? ''} (${JSON.stringify(value)?.slice(0, 300)})`,
          )
    },
  }
}

interface Result<T, E> {
  readonly data?: T
  readonly error?: E
  readonly response: Response
}

/** The data of a call that was done. */
export function done<T>({ data, error, response }: Result<T, unknown>): T {
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${JSON.stringify(error)}`)
  return data as T
}

/** The error of a call that was refused with a status. */
export function refused<E>({ error, response }: Result<unknown, E>, status: number): NonNullable<E> {
  if (response.status !== status) throw new Error(`${response.url}: ${response.status} ${JSON.stringify(error)}, expected ${status}`)
  return error as NonNullable<E>
}
