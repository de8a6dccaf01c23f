import * as z from 'zod'

const fields = {
  /** How long clients and the edge keep a result whose URL carries no version. */
  ttlSeconds: z.int().min(0),
  /** The same for URLs with `version` or `v`, which never change. */
  versionedTtlSeconds: z.int().min(0),
  notFoundTtlSeconds: z.int().min(0),
  /** Whether results are kept in the result bucket: always, never, or only when making them took longer than `autoThresholdMs`. */
  permanent: z.union([z.boolean(), z.literal('auto')]),
}

export const cacheSchema = z.strictObject({
  ttlSeconds: fields.ttlSeconds.default(3600),
  versionedTtlSeconds: fields.versionedTtlSeconds.default(31_536_000),
  notFoundTtlSeconds: fields.notFoundTtlSeconds.default(60),
  permanent: fields.permanent.default(true),
  autoThresholdMs: z.int().min(0).default(500),
})

/** What an account may set for itself. */
export const accountCacheSchema = z.strictObject(fields).partial()

export type CacheSettings = Readonly<z.output<typeof cacheSchema>>
