// Bundles the Worker and the renderer as a deployment would and holds the gzip size of each under a budget: start-up is paid on every cold start.
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { buildWorker, RENDERER_FOLDER } from '../src/local/build.ts'

const BUDGET_KB = 3000

await buildWorker()
const dist = resolve(import.meta.dirname, '../dist')
const bundles = { 'the Worker': dist, 'the renderer': resolve(dist, RENDERER_FOLDER) }
for (const [bundle, folder] of Object.entries(bundles)) {
  const rows = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && !/\.(map|md)$/.test(entry.name))
    .map(({ name }) => ({
      name: name.replace(/^[0-9a-f]{40}-/, ''),
      gzipKb: gzipSync(readFileSync(resolve(folder, name)), { level: 9 }).length / 1000,
    }))
    .toSorted((a, b) => b.gzipKb - a.gzipKb)
  const total = rows.reduce((sum, { gzipKb }) => sum + gzipKb, 0)
  console.log(`The bundle of ${bundle}:`)
  console.table(
    Object.fromEntries(
      [...rows, { name: 'total', gzipKb: total }].map(({ name, gzipKb }) => [name, { 'gzip KB': Number(gzipKb.toFixed(1)) }]),
    ),
  )
  if (total > BUDGET_KB) {
    console.error(`The bundle of ${bundle} has ${total.toFixed(0)} KB gzip; the budget is ${BUDGET_KB} KB.`)
    process.exitCode = 1
  }
}
