import type * as z from 'zod'
import type { ErrorCode } from '../../errors.ts'

/** The ways in which a caller is known. `nobody`: no credentials are needed. */
export type SecurityName = 'nobody' | 'apiKey' | 'basicKey' | 'batchSecret' | 'appOwner' | 'metricsToken' | 's3Signature'

/** A body of a request or of an answer. */
export interface DescribedBody {
  /** Media types; the first one is what clients send. */
  readonly types: readonly string[]
  /** Absent: bytes. */
  readonly schema?: z.ZodType
  /** Media types of bytes that it may be instead. */
  readonly bytes?: readonly string[]
  readonly example?: unknown
  /** It may be absent; of an answer the document says so as `x-body-optional`, since OpenAPI has no word for it. */
  readonly optional?: true
}

export interface DescribedAnswer {
  readonly description: string
  /** Absent: no body. */
  readonly body?: DescribedBody
  /** Names of headers, each with what it says. */
  readonly headers?: Readonly<Record<string, string>>
  /** Those that only some of these answers have. */
  readonly sometimes?: Readonly<Record<string, string>>
}

/** A call of the service as `/-/openapi.json` describes it. The routes are Hono's; `test/http/openapi` holds them against each other. */
export interface DescribedCall {
  readonly operationId: string
  readonly summary: string
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  /** Parameters of the path as `{name}`. */
  readonly path: string
  /** The patterns of Hono that it stands for, whatever their parameters are called; the path itself when absent. None where a door reads its paths itself. */
  readonly routes?: readonly string[]
  readonly security: readonly SecurityName[]
  /** Each property is a parameter. */
  readonly query?: z.ZodObject
  readonly headers?: z.ZodObject
  readonly body?: DescribedBody
  /** By status. */
  readonly answers: Readonly<Record<number, DescribedAnswer>>
  /** Beside `EVERYWHERE`. */
  readonly errors: readonly ErrorCode[]
}

/** Calls that speak one protocol: their errors have one shape. */
export interface DescribedDialect {
  readonly tag: string
  readonly description: string
  /** Of an error; `codes` are those that a status has. */
  readonly error: (codes: readonly string[]) => z.ZodType
  /** Codes of the protocol's own, for all calls in the place of the service's. */
  readonly ownErrors?: readonly { readonly code: string; readonly status: number }[]
  /** Media type of an error; JSON when absent. */
  readonly errorType?: string
  /** Each name of a parameter of a path, with its values. */
  readonly pathParameters: Readonly<Record<string, z.ZodType>>
  readonly calls: readonly DescribedCall[]
}

/** What every call may answer. */
export const EVERYWHERE: readonly ErrorCode[] = ['internal', 'overloaded', 'storage_unavailable']

export const jsonBody = (schema: z.ZodType, example?: unknown): DescribedBody => ({
  types: ['application/json'],
  schema,
  ...(example !== undefined && { example }),
})

export const jsonAnswer = (description: string, schema: z.ZodType): Readonly<Record<number, DescribedAnswer>> => ({
  200: { description, body: jsonBody(schema) },
})
