import * as z from 'zod'
import { reference, type Resolver } from './reference.ts'

export const limitsSchema = z.strictObject({
  heic: z
    .boolean()
    .default(true)
    .describe(
      'Whether HEIC is decoded, which needs a renderer. HEVC has patents in some countries (docs/formats.md): `false` makes HEIC a 415.',
    ),
  asyncSaveBytes: z
    .int()
    .positive()
    .default(30_000_000)
    .describe('Saves of larger sources are done later, as a job that the answer names.'),
  maxFileBytes: z.int().positive().default(50_000_000).describe('Of an image that is decoded.'),
  maxUploadBytes: z.int().positive().default(500_000_000).describe('Of a file that is only stored.'),
  maxPixels: z.int().positive().default(100_000_000).describe('Of a source, and of every picture between two steps.'),
  maxSide: z.int().positive().default(12_000).describe('Width and height of a result, in pixels.'),
  maxSteps: z.int().positive().default(64).describe('Of a plan, layers included.'),
})
export type Limits = Readonly<z.output<typeof limitsSchema>>

export const memorySchema = z.strictObject({
  totalBytes: z
    .int()
    .positive()
    .default(80_000_000)
    .describe('What all jobs of an isolate, or of one renderer, may hold together; an isolate has 128 MB for everything.'),
  maxWaiting: z
    .int()
    .min(0)
    .default(32)
    .describe('Jobs that may wait before further ones are refused: here, and as many for each renderer.'),
})

export const uploadsSchema = z.strictObject({
  expirySeconds: z.union([z.int().positive(), reference]).default(86_400).describe('Unfinished multipart uploads are dropped after this.'),
  firstPartSeconds: z.int().positive().default(900).describe('A multipart upload of which no part has come is dropped after this.'),
  maxPending: z
    .int()
    .positive()
    .default(1000)
    .describe('Unfinished multipart uploads that one key, or one Filestack app, may have at a time.'),
  maxPendingPerAddress: z
    .int()
    .positive()
    .default(100)
    .describe('Those that one client address may have at a time by one public key, by tokens or by one Filestack app.'),
})

export interface UploadSettings {
  readonly expirySeconds: number
  readonly firstPartSeconds: number
  readonly maxPending: number
  readonly maxPendingPerAddress: number
}

export const readUploads = ({ expirySeconds, ...uploads }: z.output<typeof uploadsSchema>, { parsed }: Resolver): UploadSettings => ({
  ...uploads,
  expirySeconds: parsed<number, number>(expirySeconds, positiveInteger, 'a positive whole number of seconds', 0),
})

const positiveInteger = (text: string): number | undefined => (/^[1-9]\d{0,14}$/.test(text) ? Number(text) : undefined)

export const processesSchema = z.strictObject({
  retentionDays: z.number().positive().max(3650).default(30).describe('How long the record of an ended process is kept.'),
})
