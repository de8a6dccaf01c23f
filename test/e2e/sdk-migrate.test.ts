import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { FileApi, FolderApi, UploadManager } from '@bytescale/sdk'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startServer, type RunningServer } from './support/server.ts'

const ROOT = resolve(import.meta.dirname, '../..')
let state: string
let from: RunningServer
let to: RunningServer

beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'emulsion-'))
  from = await startServer(join(state, 'from'))
  to = await startServer(join(state, 'to'), { EMULSION_ACCOUNT_ID: 'W142hJk' })
})
afterAll(async () => {
  await Promise.all([from.stop(), to.stop()])
  rmSync(state, { recursive: true, force: true })
})

const configOf = (server: RunningServer) => ({ apiKey: server.secretKey, apiUrl: server.origin, cdnUrl: server.origin })
const download = async (server: RunningServer, filePath: string): Promise<Buffer> => {
  const { raw } = await new FileApi(configOf(server)).downloadFile({ accountId: server.account, filePath })
  return Buffer.from(await raw.arrayBuffer())
}

function migrate(journal: string): {
  readonly child: ChildProcess
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>
} {
  const child = spawn(
    process.execPath,
    [
      'scripts/migrate-bytescale.ts',
      '--from-api',
      from.origin,
      '--to',
      to.origin,
      '--folder',
      '/mine',
      '--journal',
      journal,
      '--concurrency',
      '2',
    ],
    {
      cwd: ROOT,
      env: { ...process.env, FROM_KEY: from.secretKey, TO_KEY: to.secretKey },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let output = ''
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()))
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  return { child, ended: new Promise((done) => child.on('close', (code) => done({ code, output }))) }
}

it('moves an account over, through a kill, with everything that is said of its files', async () => {
  const uploads = new UploadManager(configOf(from))
  const files = new Map<string, Buffer>()
  const names = [
    ...Array.from({ length: 40 }, (_, i) => `/mine/many/${i}.bin`),
    '/mine/ü ☂/{UTC_DATE} 100%!.txt',
    '/mine/empty',
    '/mine/large.bin',
  ]
  for (const filePath of names) {
    const data = filePath.endsWith('large.bin') ? randomBytes(12_000_000) : filePath.endsWith('empty') ? Buffer.alloc(0) : randomBytes(2000)
    files.set(filePath, data)
    const slash = filePath.lastIndexOf('/')
    const path = {
      folderPath: filePath.slice(0, slash),
      fileName: filePath.slice(slash + 1),
      folderPathVariablesEnabled: false,
      fileNameVariablesEnabled: false,
    }
    await uploads.upload({
      data,
      path,
      mime: 'application/x-test',
      metadata: { path: filePath },
      tags: ['moved'],
      originalFileName: `was ${names.indexOf(filePath)}.bin`,
    })
  }
  const publicPermissions = [{ permissions: { file: { downloadFile: ['*'] } }, scope: 'Children' as const }]
  const settings = {
    description: { set: true as const, value: 'kept' },
    publicPermissions: { set: true as const, value: publicPermissions },
  }
  await new FolderApi(configOf(from)).putFolder({
    accountId: from.account,
    putFolderRequest: { folderPath: '/mine/settled', folderSettings: settings as never },
  })

  const journal = join(state, 'journal.jsonl')
  const lines = (): number => (existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').length - 1 : 0)
  const first = migrate(journal)
  while (lines() < 5 && first.child.exitCode === null) await new Promise((wait) => setTimeout(wait, 20))
  first.child.kill('SIGKILL')
  await first.ended
  const doneBefore = lines()
  expect(doneBefore).toBeGreaterThanOrEqual(5)
  expect(doneBefore).toBeLessThan(names.length)

  const { code, output } = await migrate(journal).ended
  // The files and the folder that was put.
  const found = names.length + 1
  expect(output).toContain(`${found} found, ${found - doneBefore} copied, ${doneBefore} done before, 0 failed`)
  expect(code).toBe(0)
  for (const [filePath, data] of files) {
    expect((await download(to, filePath)).equals(data), filePath).toBe(true)
    expect(await new FileApi(configOf(to)).getFileDetails({ accountId: to.account, filePath })).toMatchObject({
      mime: 'application/x-test',
      metadata: { path: filePath },
      tags: ['moved'],
      originalFileName: `was ${names.indexOf(filePath)}.bin`,
    })
  }
  expect((await new FolderApi(configOf(to)).getFolderDetails({ accountId: to.account, folderPath: '/mine/settled' })).settings).toEqual({
    description: 'kept',
    publicPermissions,
  })

  // Nothing is left to do; a file that changes at its source is copied again.
  expect((await migrate(journal).ended).output).toContain(' 0 copied, ')
  await new Promise((wait) => setTimeout(wait, 10))
  await uploads.upload({ data: 'changed', path: { folderPath: '/mine/many', fileName: '0.bin' } })
  expect((await migrate(journal).ended).output).toContain(' 1 copied, ')
  expect((await download(to, '/mine/many/0.bin')).toString()).toBe('changed')
})

it('says what is missing, and what failed', async () => {
  const child = spawn(process.execPath, ['scripts/migrate-bytescale.ts'], {
    cwd: ROOT,
    env: { ...process.env, FROM_KEY: '', TO_KEY: '' },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let output = ''
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()))
  expect(await new Promise((done) => child.on('close', done))).toBe(2)
  expect(output).toContain('Usage: ')
})
