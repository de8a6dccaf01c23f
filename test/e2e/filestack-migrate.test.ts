import { spawn, type ChildProcess } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { APP_VARIABLES, OPEN, policyOf, SECURED } from './support/filestack-apps.ts'
import { startServer, type RunningServer } from './support/server.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const TARGET = { EMULSION_FILESTACK_KEY: 'targetApp', EMULSION_FILESTACK_SECRET: 'SECRETOFTHETARGET1' }
let state: string
let from: RunningServer
let to: RunningServer

beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'emulsion-'))
  from = await startServer(join(state, 'from'), APP_VARIABLES)
  to = await startServer(join(state, 'to'), TARGET)
})
afterAll(async () => {
  await Promise.all([from.stop(), to.stop()])
  rmSync(state, { recursive: true, force: true })
})

interface File {
  readonly bytes: Buffer<ArrayBuffer>
  readonly name: string
  readonly type: string
}

/** Stores a file in the secured app of the source, and answers its handle. */
async function store({ bytes, name, type }: File): Promise<string> {
  const query = new URLSearchParams({ key: SECURED.key, filename: name, mimetype: type, path: `mine/${name}`, ...policyOf(SECURED.secret) })
  const headers = { 'Content-Type': 'application/octet-stream' }
  const response = await fetch(`${from.origin}/api/store/S3?${query.toString()}`, { method: 'POST', headers, body: bytes })
  return ((await response.json()) as { handle: string }).handle
}

interface Run {
  readonly child: ChildProcess
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>
}

function migrate(name: string, handles: readonly string[], more: readonly string[] = [], env: Record<string, string> = {}): Run {
  const child = spawn(
    process.execPath,
    [
      'scripts/migrate-filestack.ts',
      '--from-api',
      `${from.origin}/api/file`,
      '--to',
      to.origin,
      '--handles',
      '-',
      '--journal',
      join(state, name),
      '--concurrency',
      '2',
      ...more,
    ],
    {
      cwd: ROOT,
      env: {
        ...process.env,
        FROM_KEY: SECURED.key,
        FROM_SECRET: SECURED.secret,
        TO_KEY: TARGET.EMULSION_FILESTACK_KEY,
        TO_SECRET: TARGET.EMULSION_FILESTACK_SECRET,
        ...env,
      },
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  )
  child.stdin.on('error', () => undefined)
  child.stdin.end(handles.join('\n'))
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  return { child, ended: new Promise((done) => child.on('close', (code) => done({ code, output }))) }
}

it('moves files over with their handles, through a kill', async () => {
  const files = new Map<string, File>()
  for (let i = 0; i < 40; i++) {
    const file = { bytes: Buffer.from(randomBytes(3000 + i)), name: `${i}.bin`, type: 'application/x-test' }
    files.set(await store(file), file)
  }
  // An empty one, one that goes in parts, an odd name, and one that a store would read as an order.
  for (const file of [
    { bytes: Buffer.alloc(0), name: 'empty', type: 'text/plain' },
    { bytes: Buffer.from(randomBytes(60_000_000)), name: 'large.bin', type: 'video/x-test' },
    { bytes: Buffer.from('u'), name: 'ü ☂ 100%!.txt', type: 'text/plain' },
    { bytes: Buffer.from('{"url":"https://example.org/"}'), name: 'order.json', type: 'application/json' },
  ])
    files.set(await store(file), file)
  const handles = [...files.keys()]
  const list = [
    ...handles.slice(0, 5),
    '',
    '# a note',
    ...handles.slice(5).map((handle) => `https://cdn.filestackcontent.com/${handle}`),
    handles[0] ?? '',
  ]

  const journal = join(state, 'journal')
  const lines = (): number => (existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').length - 1 : 0)
  const first = migrate('journal', list, ['--keep-keys'])
  while (lines() < 5 && first.child.exitCode === null) await new Promise((wait) => setTimeout(wait, 20))
  first.child.kill('SIGKILL')
  await first.ended
  const doneBefore = lines()
  expect(doneBefore).toBeGreaterThanOrEqual(5)
  expect(doneBefore).toBeLessThan(files.size)
  // The last line was cut off.
  writeFileSync(journal, readFileSync(journal, 'utf8').slice(0, -3))

  const { code, output } = await migrate('journal', list, ['--keep-keys']).ended
  expect(output).toContain(`${files.size} found, ${files.size - doneBefore + 1} copied, ${doneBefore - 1} done before, 0 failed`)
  expect(code).toBe(0)
  for (const [handle, { bytes, name, type }] of files) {
    const moved = await fetch(`${to.origin}/api/file/${handle}`)
    expect([moved.status, moved.headers.get('Content-Type'), moved.headers.get('X-File-Name')]).toEqual([
      200,
      type,
      encodeURIComponent(name),
    ])
    expect(Buffer.from(await moved.arrayBuffer()).equals(bytes), name).toBe(true)
    expect(await (await fetch(`${to.origin}/api/file/${handle}/metadata?path=true`)).json()).toEqual({ path: `mine/${name}` })
  }
  expect((await migrate('journal', list).ended).output).toContain(` 0 copied, ${files.size} done before`)
  // Without a journal it finds that everything is there.
  expect((await migrate('another-journal', list).ended).output).toContain(`${files.size} copied, 0 done before, 0 failed · 0.0 MB`)
})

it('says which files could not be copied, and why', async () => {
  const [mine, other] = [
    { bytes: Buffer.from('mine'), name: 'a.txt', type: 'text/plain' },
    { bytes: Buffer.from('other'), name: 'b.txt', type: 'text/plain' },
  ]
  const [good, taken] = [await store(mine), await store(other)]
  const put = await fetch(`${to.origin}/api/file/${taken}?key=${TARGET.EMULSION_FILESTACK_KEY}`, {
    method: 'PUT',
    headers: { Authorization: `Basic ${btoa(`app:${TARGET.EMULSION_FILESTACK_SECRET}`)}`, 'Content-Type': 'text/plain' },
    body: 'here before',
  })
  expect(put.status).toBe(200)
  const { code, output } = await migrate('failures', [good, taken, 'Z'.repeat(20), 'no handle']).ended
  expect(code).toBe(1)
  expect(output).toContain('4 found, 1 copied, 0 done before, 3 failed')
  expect(output).toContain(`${taken}: the target has another file of 11 bytes under this handle`)
  expect(output).toContain(`${'Z'.repeat(20)}: the source has no such file`)
  expect(output).toContain('no handle: This is no handle')
  expect(await (await fetch(`${to.origin}/api/file/${taken}`)).text()).toBe('here before')
  // Secrets that are wrong, on either side.
  expect((await migrate('wrong', [good, taken], [], { FROM_SECRET: 'wrong' }).ended).output).toMatch(/the source answered 403/)
  expect((await migrate('wrong', [await store(mine)], [], { TO_SECRET: 'wrong' }).ended).output).toMatch(/the target answered 403/)
  expect((await migrate('usage', [], [], { TO_SECRET: '' }).ended).output).toContain('Usage: ')
})

it('copies from an app whose security is off without a secret', async () => {
  const query = new URLSearchParams({ key: OPEN.key, filename: 'free.txt' })
  const stored = await fetch(`${from.origin}/api/store/S3?${query.toString()}`, { method: 'POST', body: 'free' })
  const { handle } = (await stored.json()) as { handle: string }
  expect((await migrate('free', [handle], ['--container', 'custom_source'], { FROM_KEY: OPEN.key, FROM_SECRET: '' }).ended).code).toBe(0)
  const told = await (await fetch(`${to.origin}/api/file/${handle}/metadata?container=true&md5=true`)).json()
  expect(told).toEqual({ container: 'custom_source', md5: createHash('md5').update('free').digest('hex') })
})
