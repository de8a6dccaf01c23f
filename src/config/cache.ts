import * as z from 'zod'

const fields = {
  ttlSeconds: z.int().min(0).describe('How long clients and the edge keep a result whose URL carries no version.'),
  versionedTtlSeconds: z.int().min(0).describe('The same for URLs with `version` or `v`, which never change.'),
  notFoundTtlSeconds: z.int().min(0).describe('How long a 404 is kept.'),
  avifMs: z
    .int()
    .min(0)
    .describe(
      'How long, by estimate in milliseconds, a picture as AVIF may take in a request with `f=auto`. Beyond, WebP is answered for now, and a job makes the AVIF.',
    ),
  permanent: z
    .union([z.boolean(), z.literal('auto')])
    .describe('Whether results are kept in the result bucket: always, never, or only when making them took longer than `autoThresholdMs`.'),
}

const workersCacheSchema = z.strictObject({
  freshSeconds: z
    .int()
    .min(0)
    .default(1)
    .describe(
      'How long Workers Cache answers by itself. With `staleSeconds`, what a change takes to be seen everywhere when its purge is refused.',
    ),
  staleSeconds: z
    .int()
    .min(0)
    .default(2)
    .describe('How long, after that, it answers by itself while it asks the Worker for the current answer.'),
  staleIfErrorSeconds: z.int().min(0).default(3600).describe('How long, after `freshSeconds`, it answers while the Worker fails.'),
})

export const cacheSchema = z.strictObject({
  ttlSeconds: fields.ttlSeconds.default(3600),
  versionedTtlSeconds: fields.versionedTtlSeconds.default(31_536_000),
  notFoundTtlSeconds: fields.notFoundTtlSeconds.default(60),
  avifMs: fields.avifMs.default(500),
  permanent: fields.permanent.default(true),
  autoThresholdMs: z.int().min(0).default(500).describe("Milliseconds of work from which `permanent: 'auto'` keeps a result."),
  workersCache: workersCacheSchema.prefault({}),
})

/** What an account may set for itself. */
export const accountCacheSchema = z.strictObject(fields).partial()

export type CacheSettings = Readonly<z.output<typeof cacheSchema>>
