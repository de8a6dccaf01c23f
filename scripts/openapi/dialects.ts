import * as z from 'zod'
import { BATCH } from '../../src/http/dialects/batch/described.ts'
import { BYTESCALE } from '../../src/http/dialects/bytescale/described.ts'
import { FILESTACK } from '../../src/http/dialects/filestack/described.ts'
import { FRAMEWORKS } from '../../src/http/dialects/frameworks/described.ts'
import { IIIF } from '../../src/http/dialects/iiif/described.ts'
import { EXPLAIN_CALL } from '../../src/http/explain/described.ts'
import { METRICS_CALLS } from '../../src/http/metrics/described.ts'
import type { DescribedDialect } from '../../src/http/openapi/call.ts'
import { TRANSLATE_CALL } from '../../src/http/translate/described.ts'

const own: DescribedDialect = {
  tag: 'service',
  description: 'Of the service itself: explanations, translations, health, metrics.',
  error: (codes) => z.union([BYTESCALE.error(codes), z.strictObject({ error: z.string() })]),
  pathParameters: {},
  calls: [EXPLAIN_CALL, TRANSLATE_CALL, ...METRICS_CALLS],
}

/** The dialects of `/-/openapi.json`. To add one: describe it beside its routes, add its line. */
export const DIALECTS: readonly DescribedDialect[] = [BYTESCALE, BATCH, FILESTACK, IIIF, ...FRAMEWORKS, own]
