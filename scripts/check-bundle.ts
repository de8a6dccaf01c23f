// Bundles the Worker and the renderer as a deployment would and holds the gzip size of each under a budget: start-up is paid on every cold start (docs/decisions.md).
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { buildWorker, RENDERER_FOLDER } from '../src/local/build.ts'

await buildWorker()
const dist = resolve(import.meta.dirname, '../dist')
const bundles = [
  { bundle: 'the Worker', folder: dist, budgetKb: 3000 },
  { bundle: 'the renderer', folder: resolve(dist, RENDERER_FOLDER), budgetKb: 5000 },
]
for (const { bundle, folder, budgetKb } of bundles) {
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
  if (total > budgetKb) {
    console.error(`The bundle of ${bundle} has ${total.toFixed(0)} KB gzip; the budget is ${budgetKb} KB.`)
    process.exitCode = 1
  }
}
