import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { workerdOf } from './support/processes.ts'
import { startServer, type RunningServer } from './support/server.ts'

let state: string
let server: RunningServer

beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'emulsion-'))
  server = await startServer(state)
})
afterAll(async () => {
  await server.stop()
  rmSync(state, { recursive: true, force: true })
})

const get = (path: string): Promise<Response> => fetch(`${server.origin}/${server.account}${path}`)

/** Processes by a field of proc(5)'s stat. One that ended and that nobody has waited for yet is still listed there, as a zombie: it does not count. */
const running = (field: 'pid' | 'group', id: number): readonly number[] =>
  readdirSync('/proc').flatMap((name) => {
    try {
      const [, state, , group] = /^.*\) (\S) (\S+) (\S+)/s.exec(readFileSync(`/proc/${Number(name)}/stat`, 'utf8')) ?? []
      return state !== 'Z' && (field === 'pid' ? Number(name) : Number(group)) === id ? [Number(name)] : []
    } catch {
      return [] // no process, or it has just ended
    }
  })

/** The processes of workerd, renderers too, as the state folder's lock names them. Without a server there is no lock. */
const runtimes = (): readonly number[] => {
  if (!existsSync(join(state, 'lock'))) return []
  return (JSON.parse(readFileSync(join(state, 'lock'), 'utf8')) as { runtimes: { pid: number }[] }).runtimes.map(({ pid }) => pid)
}

/** Kills workerd, and waits until another one runs or the server has ended. */
async function killRuntime(): Promise<void> {
  const killed = workerdOf(server.process.pid ?? 0) ?? 0
  process.kill(killed, 'SIGKILL')
  await expect.poll(runtimes, { timeout: 30_000 }).not.toContain(killed)
}

describe('npm start', () => {
  it('prints one URL to open, and it shows a transformed sample', async () => {
    const url = /Open +(\S+)/.exec(server.output())?.[1] ?? ''
    const response = await fetch(url)
    expect(response.status).toBe(200)
    const { format, width, height } = await sharp(await response.arrayBuffer()).metadata()
    expect({ format, width, height }).toEqual({ format: 'webp', width: 800, height: 400 })
  })

  it('makes a result once: it survives a restart, as do files and keys', async () => {
    const first = await get('/image/samples/lake.jpg?w=333&f=webp')
    expect(first.headers.get('Emulsion-Cache')).toBe('miss')
    const bytes = Buffer.from(await first.arrayBuffer())
    const { secretKey } = server
    // A result is kept behind the answer: whoever asks too early makes it again.
    await expect.poll(async () => (await get('/image/samples/lake.jpg?w=333&f=webp')).headers.get('Emulsion-Cache')).not.toBe('miss')
    expect(await server.stop()).toBe(0)

    server = await startServer(state)
    expect(server.secretKey).toBe(secretKey)
    const again = await get('/image/samples/lake.jpg?f=webp&w=333')
    expect(['edge', 'store']).toContain(again.headers.get('Emulsion-Cache'))
    expect(again.headers.get('Server-Timing')).not.toMatch(/decode|recode/)
    expect(Buffer.from(await again.arrayBuffer()).equals(bytes)).toBe(true)
  })

  it('SIGTERM leaves no process behind', async () => {
    const group = server.process.pid ?? 0
    expect(running('group', group).length).toBeGreaterThan(1)
    await server.stop()
    expect(running('group', group)).toEqual([])
    server = await startServer(state)
  })

  it('refuses a second server on its state folder, and goes on', async () => {
    await expect(startServer(state)).rejects.toThrow(/Another server \(process \d+\) uses the state folder/)
    expect((await fetch(`${server.origin}/-/health`)).status).toBe(200)
  })

  it('starts a runtime that was killed again and says so', async () => {
    await killRuntime()
    expect((await fetch(`${server.origin}/-/health`)).status).toBe(200)
    expect(server.output()).toContain('workerd ended unexpectedly and is started again')
  })

  it('starts on the folder of a server that was killed', async () => {
    const left = runtimes()
    expect(left.length).toBeGreaterThan(1) // workerd and a renderer
    process.kill(server.process.pid ?? 0, 'SIGKILL') // the parent alone: its runtimes live on
    await expect.poll(() => server.process.signalCode).toBe('SIGKILL')
    server = await startServer(state)
    await expect.poll(() => left.flatMap((pid) => running('pid', pid))).toEqual([])
  })

  it('ends with an error when its runtime ends again and again', async () => {
    const ended = new Promise<number | null>((done) => server.process.once('exit', done))
    for (let kill = 0; kill < 6 && server.process.exitCode === null; kill++) await killRuntime()
    expect(await ended).toBe(1)
    expect(server.output()).toContain('workerd ends again and again.')
    // They are killed as it ends; a busy machine takes a moment until they are gone.
    await expect.poll(() => running('group', server.process.pid ?? 0), { timeout: 30_000 }).toEqual([])
    server = await startServer(state)
  })

  it('a wrong setting ends with a sentence', async () => {
    await expect(startServer(state, { EMULSION_ACCOUNT_ID: 'l0O' })).rejects.toThrow(
      /EMULSION_ACCOUNT_ID: expected 7 base58 characters, received "l0O"/,
    )
  })
})
