import { execFile } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import { createReadStream, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import {
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  paginateListObjectsV2,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { Upload } from '@aws-sdk/lib-storage'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningServer, startServer } from '../../e2e/support/server.ts'

const MB = 1_000_000
/** Beside the other rows of CI. */
const PATIENCE = 400_000
const folder = mkdtempSync(join(tmpdir(), 'emulsion-s3-clients-'))
const at = (...names: string[]): string => join(folder, ...names)
const run = promisify(execFile)

let server: RunningServer
/** Nothing of this machine's own settings, proxies and certificates. */
let env: Record<string, string>

beforeAll(async () => {
  server = await startServer(at('state'))
  env = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    LANG: 'C.UTF-8',
    AWS_ACCESS_KEY_ID: `${server.account}_secret`,
    AWS_SECRET_ACCESS_KEY: server.secretKey,
    AWS_DEFAULT_REGION: 'us-east-1',
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_CONFIG_FILE: at('aws.ini'),
  }
  writeFileSync(at('aws.ini'), '[default]\ns3 =\n  signature_version = s3v4\n  addressing_style = path\n')
})

afterAll(async () => {
  await server.stop()
  rmSync(folder, { recursive: true, force: true })
})

const program = async (name: string, ...words: string[]): Promise<{ readonly stdout: string; readonly stderr: string }> =>
  run(name, words, { env, cwd: folder, maxBuffer: 64 * MB })
const endpoint = (): string => `${server.origin}/-/s3`
/** Debian's, whatever else comes first in the path. */
const aws = (...words: string[]) => program('/usr/bin/aws', '--endpoint-url', endpoint(), ...words)
const bucket = (key: string): string => `s3://${server.account}/${key}`

async function hashOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer)
  return hash.digest('hex')
}

function writeRandom(name: string, size: number): string {
  writeFileSync(at(name), randomBytes(size))
  return at(name)
}

describe('rclone', () => {
  /** What a sync has moved, by its own account. */
  async function sync(from: string, to: string): Promise<{ readonly transfers: number; readonly checks: number; readonly errors: number }> {
    const remote = `:s3,provider=Other,endpoint="${endpoint()}",access_key_id=${env['AWS_ACCESS_KEY_ID']},secret_access_key=${server.secretKey}:${server.account}/${to}`
    const { stderr } = await program(
      'rclone',
      'sync',
      from,
      remote,
      '-v',
      '--use-json-log',
      '--stats',
      '1h',
      '--transfers',
      '16',
      '--checkers',
      '16',
    )
    const lines = stderr.split('\n').filter((line) => line.includes('"stats"'))
    return (JSON.parse(lines.at(-1) ?? '{}') as { stats: { transfers: number; checks: number; errors: number } }).stats
  }

  it(
    'moves 1,000 files once, and none the second time',
    async () => {
      for (let i = 0; i < 1000; i++) {
        mkdirSync(at('many', `folder ${i % 10}`), { recursive: true })
        writeFileSync(at('many', `folder ${i % 10}`, `é ${i}.txt`), `${i} `.repeat(1 + (i % 50)))
      }
      expect(await sync(at('many'), 'many')).toMatchObject({ transfers: 1000, errors: 0 })
      expect(await sync(at('many'), 'many')).toMatchObject({ transfers: 0, checks: 1000, errors: 0 })
      writeFileSync(at('many', 'folder 3', 'é 3.txt'), 'changed')
      rmSync(at('many', 'folder 4', 'é 4.txt'))
      expect(await sync(at('many'), 'many')).toMatchObject({ transfers: 1, errors: 0 })
      const { stdout } = await aws('s3', 'ls', '--recursive', bucket('many/'))
      expect(stdout.trim().split('\n')).toHaveLength(999)
    },
    PATIENCE,
  )
})

describe('aws', () => {
  it(
    'copies 100 MB up and down in parts',
    async () => {
      const file = writeRandom('large.bin', 100 * MB)
      await aws('s3', 'cp', '--only-show-errors', file, bucket('large.bin'))
      const { stdout } = await aws('s3api', 'head-object', '--bucket', server.account, '--key', 'large.bin')
      const head = JSON.parse(stdout) as { ContentLength: number; ETag: string }
      // 8 MiB are its parts.
      expect([head.ContentLength, head.ETag.replaceAll('"', '')]).toEqual([100 * MB, partsEtag(readFileSync(file), 8 * 1024 * 1024)])
      await aws('s3', 'cp', '--only-show-errors', bucket('large.bin'), at('large.down'))
      expect(await hashOf(at('large.down'))).toBe(await hashOf(file))
    },
    PATIENCE,
  )

  it('presigns a download for curl', async () => {
    writeFileSync(at('a b.txt'), 'for curl')
    await aws('s3', 'cp', '--only-show-errors', at('a b.txt'), bucket('curl/a b.txt'))
    const { stdout: url } = await aws('s3', 'presign', bucket('curl/a b.txt'))
    expect((await program('curl', '-sf', url.trim())).stdout).toBe('for curl')
    await expect(program('curl', '-sf', url.trim().replace('a%20b', 'c'))).rejects.toThrow(/failed/)
  })
})

/** The ETag of S3 for a file in parts, by its definition. */
function partsEtag(bytes: Uint8Array, partSize: number): string {
  const whole = createHash('md5')
  const count = Math.ceil(bytes.length / partSize)
  for (let i = 0; i < count; i++)
    whole.update(
      createHash('md5')
        .update(bytes.subarray(i * partSize, (i + 1) * partSize))
        .digest(),
    )
  return `${whole.digest('hex')}-${count}`
}

it(
  's3cmd puts, lists, gets and deletes, 40 MB in parts among it',
  async () => {
    const host = `${new URL(server.origin).host}/-/s3`
    const s3cmd = async (...words: string[]): Promise<string> => {
      const keys = [`--access_key=${env['AWS_ACCESS_KEY_ID']}`, `--secret_key=${server.secretKey}`]
      return (await program('s3cmd', '--no-ssl', '--no-progress', `--host=${host}`, `--host-bucket=${host}`, ...keys, ...words)).stdout
    }
    for (const [name, size] of [
      ['small.bin', 1000],
      ['forty.bin', 40 * MB],
    ] as const) {
      const file = writeRandom(name, size)
      await s3cmd('put', file, bucket(`s3cmd/${name}`))
      expect(await s3cmd('ls', bucket('s3cmd/'))).toMatch(new RegExp(`${size} +${bucket(`s3cmd/${name}`)}\\n`))
      await s3cmd('get', '--force', bucket(`s3cmd/${name}`), at('s3cmd.down'))
      expect(await hashOf(at('s3cmd.down'))).toBe(await hashOf(file))
      await s3cmd('del', bucket(`s3cmd/${name}`))
      expect(await s3cmd('ls', bucket('s3cmd/'))).toBe('')
    }
  },
  PATIENCE,
)

describe("AWS's SDK with its default checksums", () => {
  let client: S3Client
  beforeAll(() => {
    client = new S3Client({
      endpoint: endpoint(),
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: env['AWS_ACCESS_KEY_ID'] ?? '', secretAccessKey: server.secretKey },
    })
  })
  const named = (Key: string) => ({ Bucket: server.account, Key })

  it('puts, gets, lists and deletes', async () => {
    const put = await client.send(
      new PutObjectCommand({ ...named('sdk/ä.txt'), Body: 'by the SDK', Metadata: { a: 'u' }, ContentType: 'text/plain' }),
    )
    expect(put.ChecksumCRC32).toMatch(/^[\w+/]{6}==$/)
    await client.send(
      new PutObjectCommand({
        ...named('sdk/stream.bin'),
        Body: createReadStream(writeRandom('stream.bin', 3 * MB)),
        ContentLength: 3 * MB,
      }),
    )
    const got = await client.send(new GetObjectCommand(named('sdk/ä.txt')))
    expect([await got.Body?.transformToString(), got.Metadata, got.ContentType]).toEqual(['by the SDK', { a: 'u' }, 'text/plain'])
    const page = await client.send(new ListObjectsV2Command({ Bucket: server.account, Prefix: 'sdk/', Delimiter: '/' }))
    expect(page.Contents?.map(({ Key, Size }) => [Key, Size])).toEqual([
      ['sdk/stream.bin', 3 * MB],
      ['sdk/ä.txt', 10],
    ])
    const keys: string[] = []
    for await (const { Contents = [] } of paginateListObjectsV2({ client, pageSize: 400 }, { Bucket: server.account, Prefix: 'many/' }))
      keys.push(...Contents.flatMap(({ Key }) => Key ?? []))
    expect([keys.length, keys.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)))]).toEqual([999, keys])
    const Objects = [{ Key: 'sdk/ä.txt' }, { Key: 'sdk/none' }]
    expect((await client.send(new DeleteObjectsCommand({ Bucket: server.account, Delete: { Objects } }))).Deleted).toHaveLength(2)
    await expect(client.send(new HeadObjectCommand(named('sdk/ä.txt')))).rejects.toThrow(expect.objectContaining({ name: 'NotFound' }))
  })

  it('uploads a stream of unknown length in parts', async () => {
    const file = writeRandom('unknown.bin', 17 * MB)
    const upload = new Upload({ client, params: { ...named('sdk/unknown.bin'), Body: createReadStream(file) }, queueSize: 3 })
    const done = await upload.done()
    expect(done.ChecksumCRC32).toMatch(/-4$/)
    const got = await client.send(new GetObjectCommand(named('sdk/unknown.bin')))
    expect(
      createHash('sha256')
        .update((await got.Body?.transformToByteArray()) ?? '')
        .digest('hex'),
    ).toBe(await hashOf(file))
  })

  it('presigns an upload and a download for curl', async () => {
    const put = await getSignedUrl(client, new PutObjectCommand(named('sdk/curl.txt')))
    writeFileSync(at('curl.txt'), 'put by curl')
    await program('curl', '-sf', '-T', at('curl.txt'), put)
    const get = await getSignedUrl(client, new GetObjectCommand({ ...named('sdk/curl.txt'), ResponseContentType: 'text/x-own' }))
    const { stdout } = await program('curl', '-sfi', get)
    expect(stdout).toMatch(/content-type: text\/x-own\r\n[^]*put by curl$/i)
    await expect(program('curl', '-sf', '-T', at('curl.txt'), put.replace('curl.txt', 'other.txt'))).rejects.toThrow(/failed/)
  })
})
