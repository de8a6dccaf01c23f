import * as z from 'zod'
import { type DescribedCall, jsonAnswer } from '../openapi/call.ts'

export const METRICS_CALLS: readonly DescribedCall[] = [
  {
    operationId: 'health',
    summary: 'Whether the service answers, and the version of its engine.',
    method: 'GET',
    path: '/-/health',
    security: ['nobody'],
    answers: jsonAnswer('It does.', z.strictObject({ status: z.literal('ok'), engine: z.string() })),
    errors: [],
  },
  {
    operationId: 'metrics',
    summary: 'The counts of all isolates, for Prometheus.',
    method: 'GET',
    path: '/-/metrics',
    security: ['nobody', 'metricsToken'],
    answers: { 200: { description: 'In the text format 0.0.4.', body: { types: ['text/plain'], schema: z.string() } } },
    errors: ['unauthorized'],
  },
]
