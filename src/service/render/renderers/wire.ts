import * as z from 'zod'
import { AppError, ERROR_CODES, type ErrorCode } from '../../../errors.ts'
import type { TransformPlan } from '../../../image/plan.ts'
import type { SourceFile } from '../../files/recent-files.ts'
import { readPlan } from '../plan-json.ts'
import { ENGINE_CHOICES, type EngineChoice } from '../second-opinion.ts'
import type { Lane } from '../ticket.ts'
import type { ByteReader } from '../../files/content/byte-reader.ts'

/**
 * What a caller and a renderer say to each other. Both directions are heads, each followed by the bytes that it announces; a head is its length
 * (four bytes, big-endian) and as many bytes of JSON. A request is one head and the files, one after the other. An answer is one head with
 * its picture for each plan as soon as it is known, and a last head: an answer without it was broken off.
 */
export interface RenderTask {
  readonly lane: Lane
  readonly engine: EngineChoice
  readonly plans: readonly TransformPlan[]
  /** The source first. Each path once. */
  readonly files: readonly Pick<SourceFile, 'path' | 'size'>[]
}

const errorSchema = z.strictObject({
  code: z.enum(ERROR_CODES as [ErrorCode, ...ErrorCode[]]),
  field: z.string().optional(),
  reason: z.string().optional(),
  detail: z.string().optional(),
})

/** An error as JSON. */
export type WireError = z.output<typeof errorSchema>

const faultSchema = z.strictObject({ path: z.string(), sha256: z.string(), fault: z.string(), outcome: z.enum(['ok', ...ERROR_CODES]) })

const answerSchema = z.union([
  z.strictObject({
    plan: z.int().min(0),
    size: z.int().min(0),
    mime: z.string(),
    engine: z.enum(['core', 'second']),
    warnings: z.array(z.string()),
    gainMap: z.string().optional(),
    quality: z.string().optional(),
    later: z.literal('avif').optional(),
    isLossless: z.boolean().optional(),
  }),
  z.strictObject({ fault: faultSchema }),
  z.strictObject({ plan: z.int().min(0), error: errorSchema }),
  z.strictObject({
    end: z.literal(true),
    timings: z.array(z.tuple([z.string(), z.number()])),
    notes: z.array(z.tuple([z.string(), z.string()])),
    error: errorSchema.optional(),
  }),
])

/** A picture that follows, the error of one plan, a failure of the core to report, or the end: the time of the phases, and the error that no plan alone has. */
export type AnswerHead = z.output<typeof answerSchema>

const taskSchema = z.strictObject({
  lane: z.enum(['request', 'batch']),
  engine: z.enum(ENGINE_CHOICES),
  plans: z.array(z.unknown()).min(1),
  files: z.array(z.strictObject({ path: z.string(), size: z.int().min(0) })).min(1),
})

/** Plans are no longer than the requests and records that they come from. */
const MAX_HEAD_BYTES = 8_000_000

export function encodeHead(head: AnswerHead | RenderTask): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(head))
  const bytes = new Uint8Array(4 + json.length)
  new DataView(bytes.buffer).setUint32(0, json.length)
  bytes.set(json, 4)
  return bytes
}

/** @throws Error when the stream breaks off or says something else; AppError `invalid_parameter` for a plan that cannot be read. */
export async function readTask(reader: ByteReader): Promise<RenderTask> {
  const { plans, ...task } = taskSchema.parse(await readJson(reader))
  return { ...task, plans: plans.map(readPlan) }
}

/** @throws Error when the stream breaks off or says something else. */
export const readAnswerHead = async (reader: ByteReader): Promise<AnswerHead> => answerSchema.parse(await readJson(reader))

async function readJson(reader: ByteReader): Promise<unknown> {
  const { buffer } = await reader.take(4)
  const length = new DataView(buffer).getUint32(0)
  if (length > MAX_HEAD_BYTES) throw new Error(`A head of ${length} bytes was announced.`)
  return JSON.parse(new TextDecoder().decode(await reader.take(length))) as unknown
}

export const errorToWire = ({ code, field, reason, message }: AppError): WireError => ({
  code,
  ...(field !== undefined && { field }),
  ...(reason !== undefined && { reason }),
  detail: message,
})

export const errorFromWire = ({ code, ...context }: WireError): AppError => new AppError(code, context)
