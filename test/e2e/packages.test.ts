import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Client, createClient, signUrl } from '../../packages/client/src/index.ts'
import { run } from '../../packages/cli/src/run.ts'
import { photo } from '../support/pictures.ts'
import { buildProgram, runProgram } from '../packages/cli/run-program.ts'
import { fakeTerminal } from '../packages/cli/terminal.ts'
import { type RunningServer, startServer } from './support/server.ts'

const SECRET = 'batch-secret-of-the-packages'
const SIGNING = Buffer.alloc(32, 9).toString('base64')
const folder = mkdtempSync(join(tmpdir(), 'emulsion-packages-'))
const at = (name: string): string => join(folder, name)

let server: RunningServer
let removeProgram: () => void
let client: Client
let env: Readonly<Record<string, string>>

beforeAll(async () => {
  removeProgram = await buildProgram()
  server = await startServer(at('state'), { EMULSION_BATCH_SECRET: SECRET, EMULSION_SECURE_URL_KEY: SIGNING, EMULSION_RENDERERS: '1' })
  env = { EMULSION_URL: server.origin, EMULSION_API_KEY: server.secretKey, EMULSION_BATCH_SECRET: SECRET, EMULSION_SECURE_URL_KEY: SIGNING }
  client = createClient({ url: server.origin, apiKey: server.secretKey, batchSecret: SECRET })
  mkdirSync(at('photos/deep'), { recursive: true })
  writeFileSync(at('photos/a b.jpg'), await photo({ width: 160, height: 107 }))
  writeFileSync(at('photos/deep/c.png'), await photo({ width: 90, height: 60, format: 'png' }))
})
afterAll(async () => {
  await server.stop()
  removeProgram()
  rmSync(folder, { recursive: true, force: true })
})

async function ended(...argv: string[]) {
  const { terminal, out, err, written } = fakeTerminal({ env })
  return { code: await run(argv, terminal), out: out.join('\n'), err: err.join('\n'), written }
}

describe('commands', () => {
  it('put, ls, get, rm', async () => {
    expect(await ended('put', at('photos'), '/cli/')).toMatchObject({ code: 0, err: '' })
    expect(await ended('ls', '/cli', '-r', '--json')).toMatchObject({ code: 0, out: expect.stringMatching(/a b\.jpg[\s\S]*c\.png/) })
    expect((await ended('get', '/cli/a b.jpg', '-o', '-')).written).toEqual([new Uint8Array(readFileSync(at('photos/a b.jpg')))])
    expect(await ended('rm', '/cli/a b.jpg')).toMatchObject({ code: 0, out: '/cli/a b.jpg' })
    expect(await ended('get', '/cli/a b.jpg', '-o', '-')).toMatchObject({
      code: 1,
      err: expect.stringContaining('The file does not exist.'),
    })
    expect(await ended('put', at('photos/a b.jpg'), '/cli/a b.jpg', '--key', 'secret_Emu1s1nWrong')).toMatchObject({ code: 1 })
  })

  it('render gives the bytes of the service', async () => {
    await ended('put', at('photos'), '/same/')
    for (const [name, ...wish] of [
      ['a b.jpg', '-w', '80', '-f', 'webp'],
      ['a b.jpg', '-w', '60', '-h', '60', '--fit', 'crop', '--text', 'Hi', '--font-size', '12'],
      ['deep/c.png', '-w', '40', '--rotate', '90'],
      ['deep/c.png', '-w', '40', '-f', 'avif'],
    ] as const) {
      const here = await runProgram(['render', at(`photos/${name}`), ...wish, '-o', '-'], { cwd: folder })
      const [there] = (await ended('get', `/same/${name}`, ...wish, '-o', '-')).written
      expect(here, `${name} ${wish.join(' ')}`).toMatchObject({ code: 0, stderr: '' })
      expect(sha(here.stdout)).toBe(sha(there ?? new Uint8Array()))
    }
  })

  it('batch and watch follow a process, and tell by the exit code how it ended', async () => {
    await ended('put', at('photos'), '/batch/')
    writeFileSync(at('good.json'), JSON.stringify({ source: '/batch/a b.jpg', jobs: [{ destination: '/batch/out.webp' }] }))
    writeFileSync(at('bad.json'), JSON.stringify({ source: '/batch/none.jpg', jobs: [{ destination: '/batch/no.webp' }] }))
    expect(await ended('batch', at('good.json'))).toMatchObject({ code: 0, out: expect.stringMatching(/job 0 FINISHED[\s\S]* FINISHED$/) })
    const { out: id } = await ended('batch', at('bad.json'), '--no-wait')
    expect(await ended('watch', id, '--json')).toMatchObject({ code: 1, out: expect.stringContaining('"status":"FAILED"') })
    expect(await ended('batch', at('good.json'), '--secret', 'wrong')).toMatchObject({
      code: 1,
      err: expect.stringContaining('Invalid Secret'),
    })
  })

  it('purge, explain and sign', async () => {
    await ended('put', at('photos'), '/urls/')
    const url = client.imageUrl('/urls/a b.jpg', { w: 30 })
    expect(await ended('purge', '/image/urls/*')).toMatchObject({ code: 0, err: '' })
    expect(await ended('purge', 'image')).toMatchObject({ code: 1 })
    expect(JSON.parse((await ended('explain', url)).out)).toMatchObject({ plan: { steps: [{ op: 'resize' }] } })
    const { out: signed } = await ended('sign', url, '--seconds', '60')
    expect((await fetch(signed)).status).toBe(200)
    expect((await fetch(signed.replace('w=30', 'w=31'))).status).toBe(403)
    expect((await fetch(await signUrl(url, { id: 'secret', secureUrlKey: Buffer.alloc(32).toString('base64') }, 60))).status).toBe(403)
  })

  it('migrate tells, copies what is missing, and leaves out what is there', async () => {
    expect(await ended('migrate', at('photos'), '--to', '/moved')).toMatchObject({
      code: 0,
      out: expect.stringContaining('/moved/deep/c.png'),
    })
    expect((await ended('ls', '/moved', '-r')).out).toBe('')
    expect(await ended('migrate', at('photos'), '--to', '/moved', '--apply')).toMatchObject({ code: 0, err: '0 of 2 were there, 2 copied' })
    writeFileSync(at('list.txt'), `# ours\n${client.fileUrl('/moved/deep/c.png')}\n${server.origin}/none.png\n`)
    const listed = await ended('migrate', at('list.txt'), '--to', '/listed', '--apply')
    expect(listed).toMatchObject({ code: 1, err: expect.stringContaining('answered 404.') })
    expect(await ended('migrate', at('photos'), '--to', '/moved', '--apply')).toMatchObject({
      code: 0,
      out: '',
      err: '2 of 2 were there, 0 copied',
    })
  })
})

it('migrate copies a bucket, here the one of the S3 door', async () => {
  await ended('put', at('photos'), '/bucket/')
  const aws = {
    AWS_ENDPOINT_URL: `${server.origin}/-/s3`,
    AWS_ACCESS_KEY_ID: `${server.account}_secret`,
    AWS_SECRET_ACCESS_KEY: server.secretKey,
  }
  const migrated = async (...argv: string[]) => {
    const { terminal, out, err } = fakeTerminal({ env: { ...env, ...aws } })
    return { code: await run(['migrate', `s3://${server.account}/bucket`, '--to', '/of-bucket', ...argv], terminal), out, err }
  }
  expect(await migrated()).toMatchObject({
    code: 0,
    out: expect.arrayContaining([expect.stringMatching(/bucket\/a b\.jpg → \/of-bucket\/a b\.jpg$/)]),
  })
  expect(await migrated('--apply')).toMatchObject({ code: 0, err: ['0 of 2 were there, 2 copied'] })
  expect((await ended('get', '/of-bucket/a b.jpg', '-o', '-')).written).toEqual([new Uint8Array(readFileSync(at('photos/a b.jpg')))])
  expect(await migrated('--apply')).toMatchObject({ code: 0, err: ['2 of 2 were there, 0 copied'] })
})

describe('the client', () => {
  it('stores a large file in parts, and goes on after a break', async () => {
    const bytes = new Uint8Array(13_000_000).map((_, i) => i * 31)
    const data = new Blob([bytes])
    const broken = new AbortController()
    let session
    const told: number[] = []
    const first = client.upload(data, {
      path: '/parts.bin',
      signal: broken.signal,
      onSession: (each) => (session = each),
      onProgress: () => broken.abort(new Error('enough')),
    })
    await expect(first).rejects.toThrow('enough')
    await client.upload(data, { path: '/parts.bin', resume: session, onProgress: ({ sent }) => told.push(sent) })
    expect(told.at(-1)).toBe(bytes.length)
    expect(sha(new Uint8Array(await (await client.download('/parts.bin')).arrayBuffer()))).toBe(sha(bytes))
  })

  it('translates, and names the account of its key', async () => {
    expect(client.address.account).toBe(server.account)
    expect(await client.translate('https://example.imgix.net/a.jpg?w=64')).toMatchObject({ service: 'imgix', lost: [] })
  })
})

const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
