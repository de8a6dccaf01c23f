import * as z from 'zod'
import { FREE_POLICY, type UrlPolicy, WISH_NAMES } from '../service/protection/url-policy.ts'

/** What URLs of an account may wish that carry neither a signature nor a secret key. */
export const urlsSchema = z.strictObject({
  allow: z
    .enum(['free', 'presets', 'signed'])
    .default('free')
    .describe(
      'What URLs without a signature and a secret key may wish (docs/security.md): everything; what presets do, and stored files; or nothing.',
    ),
  parameters: z
    .array(
      z.string().refine((name) => WISH_NAMES.includes(name), 'Expected the name of an operation, or of another wish (docs/settings.md)'),
    )
    .optional()
    .describe(
      'What they may wish beyond their preset: names of operations (docs/operations.md), `format`, `quality`, `effort`, `lossless`, `palette`, `still`, `colours`, `maxBytes`, `metadata`, `page`, `info`, `fallback`, and `uncached` for results that nobody keeps. When absent, everything with `free`, nothing with `presets`.',
    ),
  widths: z
    .array(z.int().positive())
    .default([])
    .describe('The only widths to which they may scale, in pixels; empty: any. A height follows in proportion.'),
  snap: z
    .enum(['up', 'reject'])
    .default('up')
    .describe('What happens to other widths: the next larger one takes their place, and the largest beyond it; or they are a 400.'),
  maxUnsignedPixels: z.int().positive().optional().describe('Of a result that they show: larger ones are a 422.'),
})

export const readUrls = (urls: z.output<typeof urlsSchema> | undefined): UrlPolicy =>
  urls
    ? {
        ...urls,
        parameters: urls.parameters,
        maxUnsignedPixels: urls.maxUnsignedPixels,
        widths: [...new Set(urls.widths)].toSorted((a, b) => a - b),
      }
    : FREE_POLICY
