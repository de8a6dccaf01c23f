import * as z from 'zod'
import { BATCH } from '../../src/http/dialects/batch/described.ts'
import { BYTESCALE } from '../../src/http/dialects/bytescale/described.ts'
import { FILESTACK } from '../../src/http/dialects/filestack/described.ts'
import { FRAMEWORKS } from '../../src/http/dialects/frameworks/described.ts'
import { IIIF } from '../../src/http/dialects/iiif/described.ts'
import { S3 } from '../../src/http/dialects/s3/described.ts'
import { EXPLAIN_CALL } from '../../src/http/explain/described.ts'
import { METRICS_CALLS } from '../../src/http/metrics/described.ts'
import { INGEST_CALL } from '../../src/http/ingest/described.ts'
import type { DescribedDialect } from '../../src/http/openapi/call.ts'
import { TRANSLATE_CALL } from '../../src/http/translate/described.ts'

const own: DescribedDialect = {
  tag: 'service',
  description: 'Of the service itself: explanations, translations, what pages make of pictures before they upload them, health, metrics.',
  error: (codes) => z.union([BYTESCALE.error(codes), z.strictObject({ error: z.string() })]),
  pathParameters: { account: z.string().length(7).describe('The account: 7 base58 characters.') },
  calls: [EXPLAIN_CALL, INGEST_CALL, TRANSLATE_CALL, ...METRICS_CALLS],
}

/** The dialects of `/-/openapi.json`. To add one: describe it beside its routes, add its line. */
export const DIALECTS: readonly DescribedDialect[] = [BYTESCALE, BATCH, FILESTACK, IIIF, ...FRAMEWORKS, S3, own]
