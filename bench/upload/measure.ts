// A photograph of 12 megapixels becomes what a preset says, in Chromium, by @emulsion/upload: `npm run bench:upload`, `… -- --rounds 10 --picture 'w=1600&f=webp'`.
// Prints what a page loads, what is sent of the photograph, and how long it takes: the first time, with the worker and its modules, and then. Needs Debian's chromium.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { gzipSync } from 'node:zlib'
import { chromium, type Page } from 'playwright-core'
import { largePhoto, makeLargePhotos } from '../../scripts/samples/large-photos.ts'
import { locatedPhotograph } from '../../test/system/upload/photograph.ts'
import { startSite } from '../../test/system/upload/site.ts'

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, picture: { type: 'string', default: 'w=1600&h=1600&fit=shrink&f=jpeg' } },
})
const LAKE = new URL('../../samples/lake.jpg', import.meta.url).pathname

/** What runs in the page: the text of a module, since its types are another program's. */
const PROGRAM = `async ([file, picture]) => {
  const { prepare } = await import('/index.js')
  const bytes = await (await fetch('data:image/jpeg;base64,' + file)).blob()
  const started = performance.now()
  const { file: made } = await prepare(bytes, { picture })
  return [performance.now() - started, made.size]
}`

function printSizes(folder: string): void {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => /\.(js|wasm|ttf)$/.test(name))
  const worker = readFileSync(join(folder, 'worker.js'), 'utf8')
  const withWorker = [...worker.matchAll(/from ?"\.\/([\w-]+\.js)"/g)].map(([, name]) => name)
  const groupOf = (name: string): string => {
    if (name === 'worker.js' || withWorker.includes(name)) return 'with the first picture: the engine’s script'
    if (name === 'assets/core.wasm') return 'with the first picture: the engine’s core'
    if (name.endsWith('.ttf')) return 'with the first text: fonts, all'
    if (name.endsWith('.wasm') || /^(avif|jxl|mozjpeg|webp|stages)/.test(name)) return 'with the first picture of a format: codecs, all'
    return 'with the page: the element and the functions'
  }
  const rows = new Map<string, { files: number; KB: number; 'gzip KB': number }>()
  for (const name of names) {
    const bytes = readFileSync(join(folder, name))
    const row = rows.get(groupOf(name)) ?? { files: 0, KB: 0, 'gzip KB': 0 }
    row.files++
    row.KB += bytes.length / 1000
    row['gzip KB'] += gzipSync(bytes, { level: 9 }).length / 1000
    rows.set(groupOf(name), row)
  }
  for (const row of rows.values()) [row.KB, row['gzip KB']] = [Math.round(row.KB), Math.round(row['gzip KB'])]
  console.table(Object.fromEntries([...rows].toSorted(([a], [b]) => a.localeCompare(b))))
}

async function measure(page: Page, file: Uint8Array): Promise<readonly [milliseconds: number, bytes: number]> {
  const call = `(${PROGRAM})(${JSON.stringify([Buffer.from(file).toString('base64'), values.picture])})`
  return page.evaluate<[number, number]>(call)
}

const site = await startSite(() => '<!doctype html><title>bench</title>')
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
try {
  printSizes(site.folder)
  await makeLargePhotos(['12mp.jpg'])
  const photographs = {
    'samples/large/12mp.jpg': readFileSync(largePhoto('12mp.jpg')),
    'as a phone stores it': await locatedPhotograph(LAKE),
  }
  const rows: Record<string, object> = {}
  for (const [name, file] of Object.entries(photographs)) {
    const page = await (await browser.newContext()).newPage()
    await page.goto(site.origin)
    const [first, bytes] = await measure(page, file)
    const later: number[] = []
    for (let round = 0; round < Number(values.rounds); round++) later.push((await measure(page, file))[0])
    const [best = 0] = later.toSorted((a, b) => a - b)
    const median = later.toSorted((a, b) => a - b)[later.length >> 1] ?? 0
    rows[name] = {
      'source KB': Math.round(file.length / 1000),
      'sent KB': Math.round(bytes / 1000),
      'sent %': Number(((100 * bytes) / file.length).toFixed(1)),
      'first ms': Math.round(first),
      'median ms': Math.round(median),
      'best ms': Math.round(best),
    }
    await page.context().close()
  }
  console.log(values.picture)
  console.table(rows)
} finally {
  await browser.close()
  site.close()
}
