import * as z from 'zod'
import { AppError, type ErrorCode } from '../../src/errors.ts'
import { share } from './shared.ts'
import {
  type DescribedBody,
  type DescribedCall,
  type DescribedDialect,
  EVERYWHERE,
  type SecurityName,
} from '../../src/http/openapi/call.ts'

type Json = Readonly<Record<string, unknown>>

/** OpenAPI 3.1 of the given dialects. `version` is that of the package. */
export function openApiDocument(dialects: readonly DescribedDialect[], version: string): Json {
  const described: Record<string, Record<string, Json>> = {}
  for (const dialect of dialects)
    for (const call of dialect.calls) (described[call.path] ??= {})[call.method.toLowerCase()] = operationOf(call, dialect)
  const { paths, components } = share(described)
  return {
    openapi: '3.1.1',
    jsonSchemaDialect: 'https://spec.openapis.org/oas/3.1/dialect/base',
    info: {
      title: 'Emulsion',
      version,
      description: 'An image service: image URLs, uploads, batches. Errors are named in each answer; docs/errors.md has all of them.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/', description: 'Where this document lies.' }],
    tags: dialects.map(({ tag, description }) => ({ name: tag, description })),
    paths,
    components: { ...components, securitySchemes: SECURITY },
  }
}

const SECURITY: Readonly<Record<Exclude<SecurityName, 'nobody'>, Json>> = {
  apiKey: { type: 'http', scheme: 'bearer', description: 'A secret or public key of the account, or an access token.' },
  basicKey: { type: 'http', scheme: 'basic', description: 'User `apikey`, and a key of the account as the password.' },
  batchSecret: { type: 'http', scheme: 'bearer', description: 'The secret of a batch service.' },
  appOwner: { type: 'http', scheme: 'basic', description: 'User `app`, and a secret of the app. Policies stand in the query.' },
  s3Signature: {
    type: 'apiKey',
    in: 'header',
    name: 'Authorization',
    description: 'Signature Version 4 of a key of the account, here or in the query (docs/s3.md).',
  },
  metricsToken: { type: 'http', scheme: 'bearer', description: 'The token of the metrics, where one is configured.' },
}

function operationOf(call: DescribedCall, dialect: DescribedDialect): Json {
  const { operationId, summary, security, query, headers, body, answers, errors, path } = call
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => pathParameter(name, call, dialect)),
    ...parametersOf(query, 'query'),
    ...parametersOf(headers, 'header'),
  ]
  return {
    operationId,
    summary,
    tags: [dialect.tag],
    security: security.map((name) => (name === 'nobody' ? {} : { [name]: [] })),
    ...(parameters.length > 0 && { parameters }),
    ...(body && { requestBody: { required: body.optional !== true, content: contentOf(body, 'input') } }),
    responses: { ...answersOf(answers), ...errorsOf([...new Set([...EVERYWHERE, ...errors])], dialect) },
  }
}

/** JSON Schema 2020-12. */
export function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io,
    target: 'draft-2020-12',
    override: ({ jsonSchema: made }) => withoutOwnFormats(made),
  })
  return json
}

/** Zod names a format for each check of a text; a pattern says the same. */
function withoutOwnFormats(json: { format?: unknown; pattern?: unknown }): void {
  if (json.pattern !== undefined && /^(starts_with|ends_with|includes|regex)$/.test(String(json.format))) delete json.format
}

function pathParameter(name: string, { operationId }: DescribedCall, { pathParameters }: DescribedDialect): Json {
  const schema = pathParameters[name]
  if (!schema) throw new Error(`${operationId}: the parameter ${name} of the path is not described`)
  return parameter(name, 'path', schema, true)
}

const parametersOf = (object: z.ZodObject | undefined, place: 'query' | 'header'): readonly Json[] =>
  Object.entries(object?.shape ?? {}).map(([name, schema]) =>
    parameter(name, place, schema as z.ZodType, !(schema as z.ZodType).isOptional()),
  )

function parameter(name: string, place: 'path' | 'query' | 'header', schema: z.ZodType, required: boolean): Json {
  const { description, examples, ...json } = jsonSchema(schema, 'input')
  const example = Array.isArray(examples) ? (examples[0] as unknown) : undefined
  return { name, in: place, required, description, schema: json, ...(example !== undefined && { example }) }
}

const contentOf = ({ types, schema, bytes = [], example }: DescribedBody, io: 'input' | 'output'): Json =>
  Object.fromEntries([
    ...types.map((type, i) => [
      type,
      { ...(schema && { schema: jsonSchema(schema, io) }), ...(example !== undefined && i === 0 && { example }) },
    ]),
    ...bytes.map((type) => [type, {}] as const),
  ])

const headersOf = (headers: Readonly<Record<string, string>> = {}, required: boolean): Json =>
  Object.fromEntries(Object.entries(headers).map(([name, description]) => [name, { description, required, schema: { type: 'string' } }]))

const answersOf = (answers: DescribedCall['answers']): Json =>
  Object.fromEntries(
    Object.entries(answers).map(([status, { description, body, headers, sometimes }]) => [
      status,
      {
        description,
        ...((headers ?? sometimes) && { headers: { ...headersOf(headers, true), ...headersOf(sometimes, false) } }),
        ...(body && { content: contentOf(body, 'output') }),
        ...(body?.optional && { 'x-body-optional': true }),
      },
    ]),
  )

/** One answer a status, with the codes that it may have and what they mean. */
function errorsOf(codes: readonly ErrorCode[], { error, errorType = 'application/json', ownErrors }: DescribedDialect): Json {
  const named: readonly NamedError[] =
    ownErrors ?? codes.map((code) => ({ code, status: new AppError(code).fault.status, text: new AppError(code).fault.text }))
  return Object.fromEntries(
    [...Map.groupBy(named, ({ status }) => status)].map(([status, some]) => [
      status,
      {
        description: some.map(({ code, text }) => (text === undefined ? `\`${code}\`.` : `\`${code}\`: ${text}`)).join(' '),
        'x-error-codes': some.map(({ code }) => code),
        content: { [errorType]: { schema: jsonSchema(error(some.map(({ code }) => code)), 'output') } },
      },
    ]),
  )
}

interface NamedError {
  readonly code: string
  readonly status: number
  readonly text?: string
}
