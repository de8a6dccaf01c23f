// Bundles the Worker as a deployment would and holds its gzip size under a budget: start-up is paid on every cold start.
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { buildWorker } from '../src/local/build.ts'

const BUDGET_KB = 3000

await buildWorker()
const dist = resolve(import.meta.dirname, '../dist')
// The folder beside the files is the renderer's bundle: a part of the same code, on its own.
const rows = readdirSync(dist, { withFileTypes: true })
  .filter((entry) => entry.isFile() && !/\.(map|md)$/.test(entry.name))
  .map(({ name }) => ({
    name: name.replace(/^[0-9a-f]{40}-/, ''),
    gzipKb: gzipSync(readFileSync(resolve(dist, name)), { level: 9 }).length / 1000,
  }))
  .toSorted((a, b) => b.gzipKb - a.gzipKb)
const total = rows.reduce((sum, { gzipKb }) => sum + gzipKb, 0)
console.table(
  Object.fromEntries(
    [...rows, { name: 'total', gzipKb: total }].map(({ name, gzipKb }) => [name, { 'gzip KB': Number(gzipKb.toFixed(1)) }]),
  ),
)
if (total > BUDGET_KB) {
  console.error(`The bundle has ${total.toFixed(0)} KB gzip; the budget is ${BUDGET_KB} KB.`)
  process.exit(1)
}
