import { AwsClient } from 'aws4fetch'
import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { describe, expect, it, vi } from 'vitest'
import type { Env } from '../../../src/env.ts'
import { ACCOUNT, ORIGIN, picture, request, SECRET_KEY } from '../support/client.ts'
import { ownedService } from '../support/owned-service.ts'
import { outcomeOf, s3, type S3Init, textsOf } from '../support/s3.ts'

const PART = 5 * 1024 * 1024
const key = (name: string): string => `${ACCOUNT}/parts/${name}`
const bindings = env as unknown as Env // what wrangler.toml binds
const objectOf = (id: string): DurableObjectStub => bindings.PART_UPLOADS.get(bindings.PART_UPLOADS.idFromName(`${ACCOUNT}/${id}`))
/** What is kept of an upload besides its file. */
const keptOf = async (id: string): Promise<number> => (await bindings.FILES.list({ prefix: `.parts/${ACCOUNT}/${id}/` })).objects.length
const md5 = (bytes: Uint8Array): Buffer => createHash('md5').update(bytes).digest()
/** Bytes that differ from part to part and from place to place. */
function bytes(size: number, seed: number): Uint8Array<ArrayBuffer> {
  const words = new Uint32Array(Math.ceil(size / 4))
  for (let i = 0; i < words.length; i++) words[i] = Math.imul(i + seed, 0x9e3779b1)
  return new Uint8Array(words.buffer, 0, size)
}
const joined = (...parts: Uint8Array<ArrayBuffer>[]): Promise<ArrayBuffer> => new Blob(parts).arrayBuffer()

async function begin(name: string, init: S3Init = {}): Promise<string> {
  const xml = await (await s3('POST', `${key(name)}?uploads`, init)).text()
  return textsOf(xml, 'UploadId')[0] ?? xml
}
const at = (name: string, id: string, number: number): string => `${key(name)}?partNumber=${number}&uploadId=${id}`
async function part(name: string, id: string, number: number, body: Uint8Array<ArrayBuffer>, init: S3Init = {}): Promise<string> {
  const response = await s3('PUT', at(name, id, number), { ...init, body })
  return response.headers.get('ETag') ?? (await outcomeOf(response))
}
const listOf = (...parts: readonly (readonly [number: number, etag: string, more?: string])[]): string =>
  `<CompleteMultipartUpload>${parts.map(([number, etag, more = '']) => `<Part><PartNumber>${number}</PartNumber><ETag>${etag}</ETag>${more}</Part>`).join('')}</CompleteMultipartUpload>`
const complete = (name: string, id: string, body: string, init: S3Init = {}): Promise<Response> =>
  s3('POST', `${key(name)}?uploadId=${id}`, { ...init, body })

describe('an upload in parts', () => {
  it('is the file of its parts, in whatever order and however often they came, and stays it', async () => {
    const id = await begin('joined.png', { headers: { 'x-amz-meta-a': 'b', 'Content-Type': 'binary/octet-stream' } })
    const head = await joined(picture('photo.png'), bytes(PART - picture('photo.png').length, 1))
    const first = new Uint8Array(head)
    const last = bytes(1000, 3)
    const etag3 = await part('joined.png', id, 3, last)
    await part('joined.png', id, 1, bytes(10, 9))
    const etag1 = await part('joined.png', id, 1, first)
    expect(etag1).toBe(`"${md5(first).toString('hex')}"`)
    const listed = await (await s3('GET', `${key('joined.png')}?uploadId=${id}`)).text()
    expect([textsOf(listed, 'PartNumber'), textsOf(listed, 'Size')]).toEqual([
      ['1', '3'],
      [String(PART), '1000'],
    ])
    expect((await request(`/${ACCOUNT}/raw/parts/joined.png`)).status).toBe(404)
    const list = listOf([1, etag1], [3, etag3])
    expect(await keptOf(id)).toBe(2)
    const [answer, again] = await Promise.all([complete('joined.png', id, list), complete('joined.png', id, list)])
    const etag = `"${createHash('md5').update(md5(first)).update(md5(last)).digest('hex')}-2"`
    expect([answer.status, again.status, textsOf(await answer.text(), 'ETag'), textsOf(await again.text(), 'ETag')]).toEqual([
      200,
      200,
      [etag.replaceAll('"', '&#34;')],
      [etag.replaceAll('"', '&#34;')],
    ])
    const got = await s3('GET', key('joined.png'))
    expect([got.headers.get('ETag'), got.headers.get('Content-Type'), got.headers.get('x-amz-meta-a')]).toEqual([etag, 'image/png', 'b'])
    expect(Buffer.compare(Buffer.from(await got.arrayBuffer()), Buffer.from(await joined(first, last)))).toBe(0)
    expect(await outcomeOf(await complete('joined.png', id, list))).toBe('200')
    expect(await keptOf(id)).toBe(0)
    expect(await outcomeOf(await s3('DELETE', `${key('joined.png')}?uploadId=${id}`))).toBe('404 NoSuchUpload')
    expect((await request(`/${ACCOUNT}/image/parts/joined.png?w=10`)).status).toBe(200)
  })

  it('may have parts of any sizes, copied ones too', async () => {
    const source = new Uint8Array(await (await s3('GET', key('joined.png'))).arrayBuffer())
    const id = await begin('uneven.bin')
    const copy = async (number: number, headers: Record<string, string> = {}): Promise<string> => {
      const from = { 'x-amz-copy-source': `/${key('joined.png')}`, ...headers }
      const response = await s3('PUT', at('uneven.bin', id, number), { headers: from })
      const xml = await response.clone().text()
      return textsOf(xml, 'ETag')[0]?.replaceAll('&#34;', '') ?? (await outcomeOf(response))
    }
    const first = await copy(2, { 'x-amz-copy-source-range': `bytes=5-${PART + 8}` })
    const second = await copy(7)
    expect([first, second]).toEqual([source.subarray(5, PART + 9), source].map((part) => md5(part).toString('hex')))
    expect(await copy(8, { 'x-amz-copy-source-range': `bytes=0-${source.length}` })).toBe('400 InvalidArgument')
    expect(await copy(8, { 'x-amz-copy-source-if-match': '"other"' })).toBe('412 PreconditionFailed')
    expect(await outcomeOf(await complete('uneven.bin', id, listOf([2, first], [7, second])))).toBe('200')
    const got = await (await s3('GET', key('uneven.bin'))).arrayBuffer()
    expect(Buffer.compare(Buffer.from(got), Buffer.from(await joined(source.slice(5, PART + 9), source)))).toBe(0)
  })

  it('has the checksums of its parts and of the whole', async () => {
    const sum = (body: Uint8Array | string): string => {
      const four = Buffer.alloc(4)
      four.writeUInt32BE(crc32(body))
      return four.toString('base64')
    }
    const body = bytes(1000, 4)
    for (const type of ['COMPOSITE', 'FULL_OBJECT']) {
      const id = await begin('summed', { headers: { 'x-amz-checksum-algorithm': 'CRC32', 'x-amz-checksum-type': type } })
      expect(await part('summed', id, 1, body, { headers: { 'x-amz-checksum-crc32': sum('other') } })).toBe('400 BadDigest')
      expect(await part('summed', id, 1, body, { headers: { 'x-amz-checksum-sha256': btoa('0'.repeat(32)) } })).toBe('400 InvalidRequest')
      const etag = await part('summed', id, 1, body)
      const whole = type === 'COMPOSITE' ? `${sum(Buffer.from(sum(body), 'base64'))}-1` : sum(body)
      const listed = (of: Uint8Array | string): string => listOf([1, etag, `<ChecksumCRC32>${sum(of)}</ChecksumCRC32>`])
      expect(await outcomeOf(await complete('summed', id, listed('other')))).toBe('400 InvalidPart')
      const wrong = await complete('summed', id, listed(body), { headers: { 'x-amz-checksum-crc32': sum('other') } })
      expect(await outcomeOf(wrong)).toBe('400 BadDigest')
      const said = { 'x-amz-checksum-crc32': whole, 'x-amz-checksum-type': type }
      const done = await complete('summed', id, listed(body), { headers: said })
      expect(textsOf(await done.text(), 'ChecksumCRC32')).toEqual([whole])
    }
  })

  it('is refused when its list is not what was sent, and goes on', async () => {
    const id = await begin('refused')
    const [small, etag] = [await part('refused', id, 1, bytes(10, 1)), await part('refused', id, 2, bytes(20, 2))]
    const outcome = async (body: string, init: S3Init = {}): Promise<string> => outcomeOf(await complete('refused', id, body, init))
    expect(await outcome(listOf([1, small], [2, etag]))).toBe('400 EntityTooSmall')
    expect(await outcome(listOf([2, etag], [1, small]))).toBe('400 InvalidPartOrder')
    expect(await outcome(listOf([1, small], [1, small]))).toBe('400 InvalidPartOrder')
    expect(await outcome(listOf([1, etag]))).toBe('400 InvalidPart')
    expect(await outcome(listOf([3, etag]))).toBe('400 InvalidPart')
    expect(await outcome('<CompleteMultipartUpload/>')).toBe('400 MalformedXML')
    expect(await outcome('x'.repeat(3_000_001))).toBe('400 MaxMessageLengthExceeded')
    expect(await outcome(`<!DOCTYPE a [<!ENTITY b "c">]><a>${'&b;'.repeat(300_000)}</a>`)).toBe('400 MalformedXML')
    expect(await outcome(listOf(...Array.from({ length: 10_001 }, (_, i) => [i + 1, etag] as const)))).toBe('400 MalformedXML')
    expect(await outcome(listOf([1, small]), { headers: { 'x-amz-mp-object-size': '11' } })).toBe('400 InvalidRequest')
    expect(await outcome(listOf([1, small]), { headers: { 'If-Match': '"a"' } })).toBe('501 NotImplemented')
    for (const number of [0, 10_001, -1]) expect(await part('refused', id, number, bytes(1, 1))).toBe('400 InvalidArgument')
    expect(await part('other', id, 1, bytes(1, 1))).toBe('404 NoSuchUpload')
    expect(await part('refused', 'nosuchid', 1, bytes(1, 1))).toBe('404 NoSuchUpload')
    expect(await outcomeOf(await s3('POST', `${key('x%2F..%2Fy')}?uploads`))).toBe('400 InvalidArgument')
    const announced = {
      body: 'x',
      headers: { 'X-Amz-Content-Sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER', 'x-amz-decoded-content-length': '5000000000' },
    }
    expect(await outcomeOf(await s3('PUT', at('refused', id, 4), announced))).toBe('400 EntityTooLarge')
    await s3('PUT', key('refused'), { body: 'there' })
    expect(await outcome(listOf([1, small]), { headers: { 'If-None-Match': '*' } })).toBe('412 PreconditionFailed')
    expect(await outcome(listOf([1, small]))).toBe('200')
  })

  it('stores what its framing and its length say, or nothing', async () => {
    const id = await begin('framed')
    const headers = { 'X-Amz-Content-Sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER', 'x-amz-trailer': 'x-amz-checksum-crc32' }
    const send = (length: number, body: string) =>
      s3('PUT', at('framed', id, 1), { headers: { ...headers, 'x-amz-decoded-content-length': String(length) }, body })
    const framed = '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n'
    expect(await outcomeOf(await send(6, framed))).toBe('400 IncompleteBody')
    expect(await outcomeOf(await send(4, framed))).toBe('400 IncompleteBody')
    expect(await outcomeOf(await send(5, framed.replace('NhCmhg', 'AhCmhg')))).toBe('400 BadDigest')
    expect(textsOf(await (await s3('GET', `${key('framed')}?uploadId=${id}`)).text(), 'PartNumber')).toEqual([])
    const sent = await send(5, framed)
    expect([sent.status, sent.headers.get('x-amz-checksum-crc32')]).toEqual([200, 'NhCmhg=='])
  })

  it('stores nothing of a body that breaks off', async () => {
    const id = await begin('broken')
    let pulls = 0
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => (pulls++ < 3 ? controller.enqueue(bytes(100_000, pulls)) : controller.error(new Error('gone'))),
    })
    const client = new AwsClient({ accessKeyId: `${ACCOUNT}_secret`, secretAccessKey: SECRET_KEY, service: 's3', region: 'us-east-1' })
    const { url, headers } = await client.sign(`${ORIGIN}/-/s3/${at('broken', id, 1)}`, { method: 'PUT', aws: { allHeaders: true } })
    headers.set('Content-Length', '1000000')
    const sent = request(url.slice(ORIGIN.length), { method: 'PUT', headers, body })
    expect(await sent.then(outcomeOf, () => 'broken off')).toMatch(/^(400 IncompleteBody|broken off)$/)
    expect(textsOf(await (await s3('GET', `${key('broken')}?uploadId=${id}`)).text(), 'PartNumber')).toEqual([])
  })

  it('whose joining failed is joined by the next call, or by its alarm', async () => {
    for (const next of ['call', 'alarm']) {
      const id = await begin(`stuck-${next}`)
      const list = listOf([1, await part(`stuck-${next}`, id, 1, bytes(10, 1))])
      const fail = vi
        .spyOn(Object.getPrototypeOf(bindings.FILES) as R2Bucket, 'createMultipartUpload')
        .mockRejectedValueOnce(new Error('no answer'))
      expect(await outcomeOf(await complete(`stuck-${next}`, id, list))).toBe('503 ServiceUnavailable')
      fail.mockRestore()
      expect(await outcomeOf(await s3('DELETE', `${key(`stuck-${next}`)}?uploadId=${id}`))).toBe('404 NoSuchUpload')
      expect(await part(`stuck-${next}`, id, 2, bytes(10, 1))).toBe('404 NoSuchUpload')
      if (next === 'alarm') expect(await runDurableObjectAlarm(objectOf(id))).toBe(true)
      else expect(await outcomeOf(await complete(`stuck-${next}`, id, list))).toBe('200')
      expect((await request(`/${ACCOUNT}/raw/parts/stuck-${next}`)).status).toBe(200)
      expect(await keptOf(id)).toBe(0)
    }
  })

  it('is listed while it is open, and is given up', async () => {
    const ids = [await begin('open/a'), await begin('open/b'), await begin('open/b')]
    const list = async (query: string) => {
      const xml = await (await s3('GET', `${ACCOUNT}?uploads&${query}`)).text()
      return [textsOf(xml, 'UploadId'), textsOf(xml, 'IsTruncated')[0], textsOf(xml, 'NextKeyMarker')[0]]
    }
    const [a = '', b = '', c = ''] = ids
    expect(await list('prefix=parts/open/')).toEqual([[a, b, c], 'false', undefined])
    expect(await list('prefix=parts/open/&max-uploads=2')).toEqual([[a, b], 'true', 'parts/open/b'])
    expect(await list(`prefix=parts/open/&key-marker=parts/open/b&upload-id-marker=${b}`)).toEqual([[c], 'false', undefined])
    expect(await list('prefix=parts/open/&key-marker=parts/open/a')).toEqual([[b, c], 'false', undefined])
    const etag = await part('open/a', a, 1, bytes(10, 1))
    expect(await outcomeOf(await s3('DELETE', `${key('open/a')}?uploadId=${a}`))).toBe('204')
    expect(await outcomeOf(await s3('DELETE', `${key('open/a')}?uploadId=${a}`))).toBe('404 NoSuchUpload')
    expect(await outcomeOf(await complete('open/a', a, listOf([1, etag])))).toBe('404 NoSuchUpload')
    expect(await part('open/a', a, 1, bytes(10, 1))).toBe('404 NoSuchUpload')
    expect(await keptOf(a)).toBe(0)
    expect(await list('prefix=parts/open/')).toEqual([[b, c], 'false', undefined])
  })
})

describe('the rights of a key', () => {
  const send = ownedService(
    {
      accounts: [
        {
          id: ACCOUNT,
          s3: true,
          maxUploadBytes: 100,
          keys: [
            { id: 'team', kind: 'secret', key: { env: 'TEAM_KEY' }, folder: '/parts/team' },
            { id: 'public', kind: 'public', key: { env: 'EMULSION_PUBLIC_KEY' } },
          ],
        },
        { id: 'Another', s3: true, keys: [{ id: 'secret', kind: 'secret', key: { env: 'TEAM_KEY' } }] },
      ],
    },
    { TEAM_KEY: 'secret_team' },
  )
  const team = { send, keyId: `${ACCOUNT}_team`, secret: 'secret_team' }
  const open = { send, keyId: `${ACCOUNT}_public`, secret: 'public_Emu1s1nTestTestTestTestTest1' }

  it('hold for uploads in parts', async () => {
    expect(await begin('elsewhere', team)).toContain('AccessDenied')
    expect(await outcomeOf(await s3('GET', `${ACCOUNT}?uploads`, team))).toBe('403 AccessDenied')
    expect(await outcomeOf(await s3('GET', `${ACCOUNT}?uploads&prefix=parts/team/`, team))).toBe('200')
    const id = await begin('foreign')
    expect(await part('foreign', id, 1, bytes(1, 1), team)).toBe('403 AccessDenied')
    const other = { ...team, keyId: 'Another_secret' }
    const etag = await part('foreign', id, 1, bytes(1, 1))
    const body = listOf([1, etag])
    expect(await outcomeOf(await s3('POST', `Another/parts/foreign?uploadId=${id}`, { ...other, body }))).toBe('404 NoSuchUpload')
    expect(await outcomeOf(await s3('DELETE', `${key('foreign')}?uploadId=${id}`, open))).toBe('403 AccessDenied')
    expect(await outcomeOf(await complete('foreign', id, body, open))).toBe('200')
  })

  it('to store new files alone hold to the end', async () => {
    const id = await begin('once', open)
    const etag = await part('once', id, 1, bytes(60, 1), open)
    expect(await part('once', id, 2, bytes(60, 1), open)).toBe('400 EntityTooLarge')
    await s3('PUT', key('once'), { body: 'first' })
    expect(await outcomeOf(await complete('once', id, listOf([1, etag]), open))).toBe('403 AccessDenied')
    expect(await outcomeOf(await complete('once', id, listOf([1, etag]), open))).toBe('403 AccessDenied')
    expect(await begin('once', open)).toContain('AccessDenied')
    expect(await (await s3('GET', key('once'))).text()).toBe('first')
    const fresh = await begin('fresh', open)
    const only = await part('fresh', fresh, 1, bytes(60, 1), open)
    expect(await outcomeOf(await complete('fresh', fresh, listOf([1, only]), open))).toBe('200')
  })
})
