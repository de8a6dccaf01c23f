// Lints the OpenAPI document with Redocly's rules; a warning fails too.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createConfig, formatProblems, getTotals, lintFromString } from '@redocly/openapi-core'
import { buildDescriptions } from './build.ts'

buildDescriptions()
const file = resolve(import.meta.dirname, '../../public/-/openapi.json')
// A redirect is an answer too. Paths that a literal first segment tells apart, as `/_ipx/…`, count as ambiguous beside `/{accountId}/…`, whose pattern excludes it.
const config = await createConfig({
  extends: ['recommended-strict'],
  rules: { 'operation-2xx-response': 'off', 'no-ambiguous-paths': 'off' },
})
const problems = await lintFromString({ source: readFileSync(file, 'utf8'), absoluteRef: file, config })
const { errors, warnings } = getTotals(problems)
if (errors + warnings > 0) {
  formatProblems(problems, { format: 'stylish', totals: getTotals(problems), maxProblems: 40 })
  process.exitCode = 1
}
