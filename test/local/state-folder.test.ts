import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { identify } from '../../src/local/process-identity.ts'
import { openStateFolder } from '../../src/local/state-folder.ts'

const MODULE = resolve(import.meta.dirname, '../../src/local/state-folder.ts')

let folder: string
const started: ChildProcess[] = []

beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'emulsion-state-'))))
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** Another process that locks the folder and stays; resolves to its first line: "held" or the error. */
async function holder(path = folder): Promise<{ readonly child: ChildProcess; readonly said: string }> {
  const program = `import(${JSON.stringify(MODULE)}).then(({ openStateFolder }) => {
    try { openStateFolder(${JSON.stringify(path)}); console.log('held') } catch (error) { console.log(error.message) }
    setInterval(() => {}, 1000)
  })`
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'ignore'] })
  started.push(child)
  const said = await new Promise<string>((done) => child.stdout.once('data', (chunk: Buffer) => done(chunk.toString().trim())))
  return { child, said }
}

const ended = (child: ChildProcess): Promise<void> => new Promise((done) => child.once('close', () => done()))

describe('the lock of a state folder', () => {
  it('refuses a second server and names the first', async () => {
    const { child } = await holder()
    expect(() => openStateFolder(folder)).toThrow(`Another server (process ${child.pid}) uses the state folder ${folder}.`)
  })

  it('is taken over after SIGKILL', async () => {
    const { child } = await holder()
    child.kill('SIGKILL')
    await ended(child)
    expect(existsSync(join(folder, 'lock'))).toBe(true)
    openStateFolder(folder).release()
    expect(existsSync(join(folder, 'lock'))).toBe(false)
  })

  it('does not mistake another process of the same number for its holder', () => {
    writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: process.pid, began: 'an earlier boot 42', runtimes: [] }))
    expect(() => openStateFolder(folder)).not.toThrow()
  })

  it.each(['', '{', 'null', '{"pid":"1"}', '[]'])('is taken over when it holds %j', (text) => {
    writeFileSync(join(folder, 'lock'), text)
    expect(() => openStateFolder(folder)).not.toThrow()
  })

  it('goes to one of eight servers that find the same dead holder', async () => {
    writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: 1, began: 'never', runtimes: [] }))
    const all = await Promise.all(Array.from({ length: 8 }, () => holder()))
    expect(all.filter(({ said }) => said === 'held')).toHaveLength(1)
  })

  it('ends the runtime that a killed server left behind, and no other process of its number', async () => {
    const left = spawn('sleep', ['60'])
    const other = spawn('sleep', ['60'])
    started.push(left, other)
    const runtimes = [identify(left.pid ?? 0), { pid: other.pid, began: 'earlier' }]
    writeFileSync(join(folder, 'lock'), JSON.stringify({ pid: 1, began: 'never', runtimes }))
    openStateFolder(folder)
    await ended(left)
    expect(other.exitCode ?? other.signalCode).toBeNull()
  })

  it('notes the runtimes of its server', () => {
    openStateFolder(folder).record([process.pid])
    expect(JSON.parse(readFileSync(join(folder, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid, runtimes: [{ pid: process.pid }] })
  })
})

describe('a state path', () => {
  it('that is a file is an error', () => {
    const file = join(folder, 'file')
    writeFileSync(file, '')
    expect(() => openStateFolder(file)).toThrow(`EMULSION_STATE: ${file} is a file, expected a folder`)
  })

  it.each(['/sys/emulsion', '/dev/null/below'])('that cannot be written is an error: %s', (path) => {
    expect(() => openStateFolder(path)).toThrow(/^EMULSION_STATE: .* cannot be written: /)
  })

  it('is made, with its parents', () => {
    openStateFolder(join(folder, 'a/b')).release()
    expect(existsSync(join(folder, 'a/b'))).toBe(true)
  })
})
