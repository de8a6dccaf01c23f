import { describe, expect, it } from 'vitest'
import { ACCOUNT, picture, request, upload } from '../support/client.ts'
import { ownedService } from '../support/owned-service.ts'
import { outcomeOf, s3, textsOf } from '../support/s3.ts'

const key = (name: string): string => `${ACCOUNT}/s3/${name}`
const outcome = async (...call: Parameters<typeof s3>): Promise<string> => outcomeOf(await s3(...call))

describe('a file of the S3 door', () => {
  it('is the file of every other door', async () => {
    const name = '%C3%A9t%C3%A9%20%25%2B.png'
    const put = await s3('PUT', key(name), { body: picture('photo.png'), headers: { 'Content-Type': 'image/png', 'x-amz-meta-a': 'b' } })
    expect(put.status).toBe(200)
    const image = await request(`/${ACCOUNT}/image/s3/${name}?w=10`)
    expect(image.status).toBe(200)
    const got = await s3('GET', key(name), { headers: { Range: 'bytes=1-3' } })
    expect([got.status, await got.text(), got.headers.get('Content-Range'), got.headers.get('x-amz-meta-a')]).toEqual([
      206,
      'PNG',
      `bytes 1-3/${picture('photo.png').length}`,
      'b',
    ])
    expect(got.headers.get('ETag')).toBe(put.headers.get('ETag'))
    expect(got.headers.get('Content-Security-Policy')).toContain('sandbox')
    expect(await outcome('GET', key(name), { headers: { 'If-None-Match': put.headers.get('ETag') ?? '' } })).toBe('304')
    expect(await outcome('GET', key(name), { headers: { 'If-Match': '"other"' } })).toBe('412 PreconditionFailed')
    expect(await outcome('GET', key(name), { headers: { Range: 'bytes=9999999-' } })).toBe('416 InvalidRange')
  })

  it('shows at once what replaced it, and is gone when it was deleted', async () => {
    await upload('/s3/fresh.png', picture('photo.png'))
    const shown = async (): Promise<string> => (await request(`/${ACCOUNT}/image/s3/fresh.png?w=5`)).headers.get('ETag') ?? ''
    const before = await shown()
    expect(await outcome('PUT', key('fresh.png'), { body: picture('photo.jpg') })).toBe('200')
    expect(await shown()).not.toBe(before)
    expect(await outcome('DELETE', key('fresh.png'))).toBe('204')
    expect((await request(`/${ACCOUNT}/image/s3/fresh.png?w=5`)).status).toBe(404)
    expect(await outcome('GET', key('fresh.png'))).toBe('404 NoSuchKey')
    expect(await outcome('DELETE', key('fresh.png'))).toBe('204')
  })

  it('is put under conditions', async () => {
    const put = (headers: Record<string, string>) => s3('PUT', key('once.txt'), { body: 'x', headers })
    expect(await outcomeOf(await put({ 'If-Match': '"abc"' }))).toBe('404 NoSuchKey')
    const first = await put({ 'If-None-Match': '*' })
    expect(first.status).toBe(200)
    expect(await outcomeOf(await put({ 'If-None-Match': '*' }))).toBe('412 PreconditionFailed')
    expect(await outcomeOf(await put({ 'If-Match': '"abc"' }))).toBe('412 PreconditionFailed')
    expect(await outcomeOf(await put({ 'If-Match': first.headers.get('ETag') ?? '' }))).toBe('200')
  })

  it('is copied with what belongs to it, or with other metadata', async () => {
    await s3('PUT', key('a.txt'), { body: 'copied', headers: { 'Content-Type': 'text/plain', 'x-amz-meta-a': '1' } })
    const copy = (name: string, headers: Record<string, string>) =>
      s3('PUT', key(name), { headers: { 'x-amz-copy-source': `/${key('a.txt')}`, ...headers } })
    expect(await outcomeOf(await copy('b.txt', {}))).toBe('200')
    expect(await outcomeOf(await copy('a.txt', {}))).toBe('400 InvalidRequest')
    expect(await outcomeOf(await copy('a.txt', { 'x-amz-metadata-directive': 'REPLACE', 'x-amz-meta-a': '2' }))).toBe('200')
    expect(await outcomeOf(await copy('b.txt', { 'x-amz-copy-source-if-match': '"no"' }))).toBe('412 PreconditionFailed')
    const [a, b] = await Promise.all([s3('HEAD', key('a.txt')), s3('GET', key('b.txt'))])
    expect([a.headers.get('x-amz-meta-a'), b.headers.get('x-amz-meta-a'), await b.text()]).toEqual(['2', '1', 'copied'])
    expect(b.headers.get('Content-Type')).toBe('text/plain')
  })
})

it('a folder is listed in pages, with and without what lies below it', async () => {
  for (const name of ['l/a', 'l/b/c', 'l/b/d', 'l/é', 'l2']) await s3('PUT', key(encodeURI(name)), { body: name })
  const list = async (query: string): Promise<string> => (await s3('GET', `${ACCOUNT}?${query}`)).text()
  const keys = async (query: string) => {
    const xml = await list(query)
    return [textsOf(xml, 'Key'), textsOf(xml, 'Prefix').slice(1), textsOf(xml, 'IsTruncated')[0]]
  }
  expect(await keys('prefix=s3/l')).toEqual([['s3/l/a', 's3/l/b/c', 's3/l/b/d', 's3/l/é', 's3/l2'], [], 'false'])
  expect(await keys('list-type=2&prefix=s3/l/&delimiter=/&encoding-type=url')).toEqual([['s3/l/a', 's3/l/%C3%A9'], ['s3/l/b/'], 'false'])
  const seen: string[] = []
  for (let token = ''; seen.length < 9;) {
    const xml = await list(`list-type=2&prefix=s3/l/&delimiter=/&max-keys=1${token}`)
    seen.push(...textsOf(xml, 'Key'), ...textsOf(xml, 'Prefix').slice(1))
    const [next] = textsOf(xml, 'NextContinuationToken')
    if (next === undefined) break
    token = `&continuation-token=${next}`
  }
  expect(seen).toEqual(['s3/l/a', 's3/l/b/', 's3/l/é'])
  expect(await keys('prefix=s3/l/&marker=s3/l/b/c')).toEqual([['s3/l/b/d', 's3/l/é'], [], 'false'])
  const body = '<Delete><Object><Key>s3/l/a</Key></Object><Object><Key>s3/../x</Key></Object><Object><Key>s3/l2</Key></Object></Delete>'
  const deleted = await (await s3('POST', `${ACCOUNT}?delete`, { body })).text()
  expect([textsOf(deleted, 'Key'), textsOf(deleted, 'Code')]).toEqual([['s3/l/a', 's3/l2', 's3/../x'], ['InvalidArgument']])
  expect((await keys('prefix=s3/l'))[0]).toEqual(['s3/l/b/c', 's3/l/b/d', 's3/l/é'])
})

describe('a key of one folder', () => {
  const send = ownedService(
    {
      accounts: [
        {
          id: ACCOUNT,
          s3: true,
          keys: [
            { id: 'team', kind: 'secret', key: { env: 'TEAM_KEY' }, folder: '/team' },
            { id: 'public', kind: 'public', key: { env: 'EMULSION_PUBLIC_KEY' } },
          ],
        },
        { id: 'Another', s3: true, keys: [{ id: 'secret', kind: 'secret', key: { env: 'OTHER_KEY' } }] },
        { id: 'Without', s3: false, keys: [{ id: 'secret', kind: 'secret', key: { env: 'OTHER_KEY' } }] },
      ],
    },
    { TEAM_KEY: 'secret_team', OTHER_KEY: 'secret_other' },
  )
  const team = { send, keyId: `${ACCOUNT}_team`, secret: 'secret_team' }

  it('reaches that folder and no other, and no other account', async () => {
    await upload('/open/file.txt', 'open')
    expect(await outcome('PUT', `${ACCOUNT}/team/a.txt`, { ...team, body: 'a' })).toBe('200')
    expect(await outcome('GET', `${ACCOUNT}?prefix=team/`, team)).toBe('200')
    const copied = { ...team, headers: { 'x-amz-copy-source': `${ACCOUNT}/open/file.txt` } }
    const refused: readonly Parameters<typeof s3>[] = [
      ['PUT', `${ACCOUNT}/teamwork/a.txt`, { ...team, body: 'a' }],
      ['DELETE', `${ACCOUNT}/open/file.txt`, team],
      ['GET', `${ACCOUNT}?prefix=`, team],
      ['GET', `${ACCOUNT}?prefix=team`, team],
      ['GET', `${ACCOUNT}?prefix=teamwork/`, team],
      ['PUT', `${ACCOUNT}/team/b.txt`, copied],
      ['GET', 'Another?prefix=team/', team],
      ['PUT', 'Another/team/a.txt', { ...team, body: 'a' }],
    ]
    for (const call of refused) expect([call[1], await outcome(...call)]).toEqual([call[1], '403 AccessDenied'])
    expect(await outcome('GET', 'Without?prefix=', team)).toBe('404 NoSuchBucket')
    expect(await outcome('GET', 'Without', { send, keyId: 'Without_secret', secret: 'secret_other' })).toBe('403 InvalidAccessKeyId')
    const deleted = await s3('POST', `${ACCOUNT}?delete`, { ...team, body: '<Delete><Object><Key>open/file.txt</Key></Object></Delete>' })
    expect(textsOf(await deleted.text(), 'Code')).toEqual(['AccessDenied'])
    expect((await request(`/${ACCOUNT}/raw/open/file.txt`)).status).toBe(200)
  })

  it('that is public stores new files alone', async () => {
    const open = { send, keyId: `${ACCOUNT}_public`, secret: 'public_Emu1s1nTestTestTestTestTest1' }
    expect(await outcome('PUT', `${ACCOUNT}/inbox/new.txt`, { ...open, body: 'a' })).toBe('200')
    expect(await outcome('PUT', `${ACCOUNT}/inbox/new.txt`, { ...open, body: 'b' })).toBe('403 AccessDenied')
    expect(await outcome('GET', `${ACCOUNT}?prefix=inbox/`, open)).toBe('403 AccessDenied')
    expect(await outcome('DELETE', `${ACCOUNT}/inbox/new.txt`, open)).toBe('403 AccessDenied')
  })
})

it('what is signed wrongly, unknown or not offered is refused in the shape of S3', async () => {
  expect(await outcome('GET', key('x'), { secret: 'wrong' })).toBe('403 SignatureDoesNotMatch')
  expect(await outcome('GET', key('x'), { keyId: 'Emu1s1n_nobody' })).toBe('403 InvalidAccessKeyId')
  expect(await outcomeOf(await request(`/-/s3/${ACCOUNT}/s3/x`))).toBe('403 AccessDenied')
  expect(await outcome('GET', key('x'), { datetime: '20200101T000000Z' })).toBe('403 RequestTimeTooSkewed')
  expect(await outcome('GET', `${key('x')}?X-Amz-Expires=60`, { signQuery: true, datetime: '20200101T000000Z' })).toBe('403 AccessDenied')
  expect(await outcome('GET', `${ACCOUNT}?acl`)).toBe('501 NotImplemented')
  expect(await outcome('PUT', key('x'), { body: 'x', headers: { 'x-amz-acl': 'public-read' } })).toBe('501 NotImplemented')
  expect(await outcome('PUT', key('x'), { body: 'x', headers: { 'x-amz-tagging': 'a=b' } })).toBe('501 NotImplemented')
  const wrong = { 'X-Amz-Content-Sha256': '0'.repeat(64) }
  expect(await outcome('PUT', key('x'), { body: 'x', headers: wrong })).toBe('400 XAmzContentSHA256Mismatch')
  expect(await outcome('PUT', key('x'), { body: 'x', headers: { 'Content-MD5': btoa('0'.repeat(16)) } })).toBe('400 BadDigest')
  expect(await outcome('PUT', key('x'), { body: 'x'.repeat(200_000), headers: { 'x-amz-checksum-crc32c': 'AAAAAA==' } })).toBe(
    '400 BadDigest',
  )
  expect(await outcome('GET', key('x'))).toBe('404 NoSuchKey')
})
