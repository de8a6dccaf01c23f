/**
 * What an upgrade changes in pictures: the most asked wishes, rendered by another version of this repository and by this one, both as `npm start` runs them.
 * Prints bytes, similarity and what is made anew, and writes a page with both pictures side by side.
 *
 *   npm run upgrade-report -- --from v1.2
 *   npm run upgrade-report -- --from HEAD~20 --urls access.log --most 50 --photos DIRECTORY --out report.html
 *
 * `--urls`: a log in any form whose lines hold paths of image URLs; without it everyday wishes. `--photos`: the samples by default. Ends with 1 when a picture is no picture any more.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import mime from 'mime'
import { startServer, type RunningServer } from '../../test/e2e/support/server.ts'
import { mostAsked } from './asked.ts'
import { type Difference, isSame, type Picture, similarityOf } from './compare.ts'
import { reportPage } from './page.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const { values } = parseArgs({
  options: {
    from: { type: 'string' },
    urls: { type: 'string' },
    most: { type: 'string', default: '100' },
    photos: { type: 'string', default: join(ROOT, 'samples') },
    out: { type: 'string', default: 'upgrade-report.html' },
  },
})
if (values.from === undefined) throw new Error('Expected --from with a tag, a branch or a commit of this repository, received none.')

/** The other version, with its own packages, in a folder of its own. The commit names it, so it is made once. */
function checkOut(ref: string): string {
  const commit = execFileSync('git', ['rev-parse', '--verify', `${ref}^{commit}`], { cwd: ROOT, encoding: 'utf8' }).trim()
  const folder = join(ROOT, '.upgrade', commit)
  if (existsSync(join(folder, '.ready'))) return folder
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  console.log(`Taking ${ref} (${commit.slice(0, 9)}) and its packages …`)
  execFileSync('tar', ['-x', '-C', folder], { input: execFileSync('git', ['archive', commit], { cwd: ROOT, maxBuffer: 2 ** 30 }) })
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
  writeFileSync(join(folder, '.ready'), '')
  return folder
}

async function store({ origin, account, secretKey }: RunningServer, name: string, body: Uint8Array): Promise<string> {
  const path = `/upgrade/${name}`
  const headers = { Authorization: `Bearer ${secretKey}`, 'Content-Type': mime.getType(name) ?? 'application/octet-stream' }
  const url = `${origin}/v2/accounts/${account}/uploads/binary?filePath=${encodeURIComponent(path)}`
  const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) })
  if (!response.ok) throw new Error(`${name}: ${response.status} ${await response.text()}`)
  return path
}

async function ask({ origin, account }: RunningServer, path: string, wish: string): Promise<Picture> {
  const [processing, query] = wish.split('?', 2)
  const response = await fetch(`${origin}/${account}/${processing}${path}${query === undefined ? '' : `?${query}`}`)
  return { status: response.status, mime: response.headers.get('Content-Type') ?? '', body: new Uint8Array(await response.arrayBuffer()) }
}

const state = mkdtempSync(join(tmpdir(), 'emulsion-upgrade-'))
const servers: RunningServer[] = []
try {
  const old = await startServer(join(state, 'before'), {}, checkOut(values.from))
  servers.push(old)
  const own = await startServer(join(state, 'after'))
  servers.push(own)
  const log = values.urls === undefined ? null : readFileSync(values.urls, 'utf8')
  const asked = mostAsked(log, log === null ? own.account : '[1-9A-HJ-NP-Za-km-z]{7}', Number(values.most))
  const differences: Difference[] = []
  let [same, refused, broken, bytesBefore, bytesAfter] = [0, 0, 0, 0, 0]
  console.log('  times   bytes before     now     SSIM   file, wish')
  for (const file of readdirSync(values.photos).filter((name) => mime.getType(name)?.startsWith('image/'))) {
    const body = readFileSync(join(values.photos, file))
    for (const server of servers) await store(server, file, body)
    for (const { wish, times } of asked) {
      const [before, after] = [await ask(old, `/upgrade/${file}`, wish), await ask(own, `/upgrade/${file}`, wish)]
      bytesBefore += before.body.length
      bytesAfter += after.body.length
      if (before.status !== 200 && after.status !== 200) {
        refused++
        continue
      }
      if (isSame(before, after)) {
        same++
        continue
      }
      if (before.status === 200 && after.status !== 200) broken++
      const similarity = await similarityOf(before, after)
      differences.push({ file, wish, before, after, similarity })
      const sizes = `${String(before.body.length).padStart(15)}${String(after.body.length).padStart(8)}`
      console.log(
        `${String(times).padStart(7)}${sizes}  ${similarity?.toFixed(5) ?? ` ${before.status}→${after.status}`}   ${file}, ${wish}`,
      )
    }
  }
  differences.sort((a, b) => (a.similarity ?? -1) - (b.similarity ?? -1))
  writeFileSync(values.out, reportPage(values.from, differences, same))
  console.log(
    `${same} results are equal, ${differences.length} differ, ${broken} are no pictures any more, ${refused} are refused by both. Bytes in all: ${bytesBefore} before, ${bytesAfter} now.`,
  )
  console.log(`Side by side: ${values.out}`)
  process.exitCode = broken > 0 ? 1 : 0
} finally {
  for (const server of servers) await server.stop()
  rmSync(state, { recursive: true, force: true })
}
