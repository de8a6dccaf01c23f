/**
 * Times the built service inside workerd, over HTTP, as a client sees it: `node bench/workerd.ts [--rounds N] [FILE …]`, by default the large
 * samples. Each request asks for another width, so that no cache answers. A worker's own clock stands still while it computes, so the time is
 * taken outside; `raw` is the same file without any transformation, `cached` a result that is there already.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { parseArgs } from 'node:util'
import { LARGE_SIZES, largePhoto, makeLargePhotos } from '../scripts/samples/large-photos.ts'
import { buildWorker } from '../src/local/build.ts'
import { startServer } from '../src/local/server.ts'
import { readLocalSettings, withGeneratedKeys } from '../src/local/settings.ts'

const ACCOUNT = 'Emu1s1n'
const { values, positionals } = parseArgs({ options: { rounds: { type: 'string', default: '5' } }, allowPositionals: true })
const rounds = Number(values.rounds)
const SAMPLES = LARGE_SIZES.map((size) => `${size}mp.jpg`)
if (positionals.length === 0) await makeLargePhotos(SAMPLES)
const files = positionals.length > 0 ? positionals : SAMPLES.map(largePhoto)

const median = (times: readonly number[]): string => (times.toSorted((a, b) => a - b)[times.length >> 1] ?? Number.NaN).toFixed(1)

async function timed(url: URL): Promise<number> {
  const started = performance.now()
  const response = await fetch(url)
  await response.arrayBuffer()
  if (!response.ok) throw new Error(`${url.pathname}: ${response.status}`)
  return performance.now() - started
}

async function repeat(url: (round: number) => URL): Promise<number[]> {
  const times: number[] = []
  for (let round = 0; round <= rounds; round++) times.push(await timed(url(round)))
  return times.slice(1)
}

const statePath = mkdtempSync(join(tmpdir(), 'emulsion-bench-'))
await buildWorker()
const settings = withGeneratedKeys(readLocalSettings({ EMULSION_ACCOUNT_ID: ACCOUNT, EMULSION_STATE: statePath, PORT: '0' }))
const server = await startServer(settings)
try {
  console.log('| file | raw | 800 px jpeg | 800 px webp | cached |\n|---|---|---|---|---|')
  for (const file of files) {
    const path = `/bench/${basename(file)}`
    const upload = new URL(`/v2/accounts/${ACCOUNT}/uploads/binary?filePath=${path}`, server.url)
    const headers = { Authorization: `Bearer ${settings.variables['EMULSION_SECRET_KEY']}`, 'Content-Type': 'image/jpeg' }
    const stored = await fetch(upload, { method: 'POST', headers, body: readFileSync(file) })
    if (!stored.ok) throw new Error(`${basename(file)} was not stored: ${stored.status} ${await stored.text()}`)
    const of = (kind: string, query = ''): URL => new URL(`/${ACCOUNT}/${kind}${path}${query}`, server.url)
    const raw = await repeat(() => of('raw'))
    const jpeg = await repeat((round) => of('image', `?w=${800 + round}&f=jpeg&q=80`))
    const webp = await repeat((round) => of('image', `?w=${800 + round}&f=webp&q=80`))
    const cached = await repeat(() => of('image', '?w=800&f=jpeg&q=80'))
    console.log(`| ${basename(file)} | ${[raw, jpeg, webp, cached].map(median).join(' | ')} |`)
  }
} finally {
  await server.dispose()
  rmSync(statePath, { recursive: true, force: true })
}
