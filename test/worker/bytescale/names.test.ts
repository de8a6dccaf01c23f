import { describe, expect, it } from 'vitest'
import { MAX_PATH_BYTES } from '../../../src/service/files/path.ts'
import { ACCOUNT, errorOf, picture, request, SECRET_KEY } from '../support/client.ts'

const headers = { Authorization: `Bearer ${SECRET_KEY}` }
const api = (path: string, init: RequestInit = {}): Promise<Response> =>
  request(`/v2/accounts/${ACCOUNT}${path}`, { ...init, headers: { ...headers, ...(init.headers as Record<string, string> | undefined) } })
const encoded = (path: string): string => path.split('/').map(encodeURIComponent).join('/')
const store = (query: string, type?: string, body: BodyInit = picture('photo.png')): Promise<Response> =>
  api(`/uploads/binary?${query}`, { method: 'POST', body, headers: type === undefined ? {} : { 'Content-Type': type } })
const at = (path: string): string => `filePath=${encodeURIComponent(path)}`

/** The longest path of one character that is accepted. */
function longest(character: string, ending: string): string {
  const [bytes, units] = [new TextEncoder().encode(character).length, character.length]
  const count = Math.floor(Math.min((MAX_PATH_BYTES - 1 - ending.length) / bytes, (512 - 1 - ending.length) / units))
  return `/${character.repeat(count)}${ending}`
}

describe.each(['a', 'é', 'я', 'ع', '漢', '한', '😀', 'e\u0301'])('the longest path of %s', (character) => {
  const path = longest(character, '.png')
  const copy = longest(character, 'copy.png')

  it('works with every feature', async () => {
    expect(await (await store(at(path))).json()).toMatchObject({ filePath: path })
    const status = async (response: Promise<Response>): Promise<number | string> => ((await response).ok ? 200 : (await response).text())
    expect(await status(request(`/${ACCOUNT}/raw${encoded(path)}`))).toBe(200)
    expect(await status(request(`/${ACCOUNT}/image${encoded(path)}?w=10&f=png&cache-perm=true`))).toBe(200)
    expect(await status(request(`/${ACCOUNT}/image${encoded(path)}?w=12&image=${encodeURIComponent(path)}`))).toBe(200)
    expect(await status(api(`/files/details?${at(path)}`))).toBe(200)
    expect(await status(api('/files/copy', { method: 'POST', body: JSON.stringify({ source: path, destination: copy }) }))).toBe(200)
    const save = { method: 'POST', headers, body: JSON.stringify({ destination: copy, metadata: { value: { a: 'é'.repeat(400) } } }) }
    expect(await status(request(`/${ACCOUNT}/save/image${encoded(path)}?w=10`, save))).toBe(200)
    const begin = { method: 'POST', body: JSON.stringify({ size: 1, path }) }
    expect(await status(api('/uploads', begin))).toBe(200)
    expect(await status(api(`/files?${at(path)}`, { method: 'DELETE' }))).toBe(200)
  })

  it('and one character more is 400 with the limit', async () => {
    const response = await store(at(longest(character, `${character.repeat(2)}.png`) + character))
    expect(response.status).toBe(400)
    expect((await errorOf(response)).message).toMatch(/at most (512 characters|951 bytes of UTF-8) instead of \d+/)
  })
})

describe('the type of a stored picture', () => {
  const typeOf = async (response: Response): Promise<string> => {
    const { filePath } = (await response.json()) as { filePath: string }
    return ((await (await api(`/files/details?${at(filePath)}`)).json()) as { mime: string }).mime
  }

  it.each<[name: string, type: string | undefined, expected: string]>([
    ['/types/a', undefined, 'image/png'],
    ['/types/b', 'application/octet-stream', 'image/png'],
    ['/types/c.jpg', 'Application/X-WWW-Form-Urlencoded', 'image/png'],
    ['/types/d', 'binary/octet-stream; q=1', 'image/png'],
    ['/types/e', 'text/plain', 'text/plain'],
  ])('%s sent as %s is %s', async (path, type, expected) => {
    expect(await typeOf(await store(at(path), type))).toBe(expected)
    const stored = await (await request(`/${ACCOUNT}/raw${path}`)).arrayBuffer()
    expect(new Uint8Array(stored)).toEqual(picture('photo.png'))
  })

  it('a body that is no picture keeps all its bytes', async () => {
    const body = new Uint8Array(200_000).fill(7)
    expect(await typeOf(await store(at('/types/data'), 'application/octet-stream', body))).toBe('application/octet-stream')
    const stored = await (await request(`/${ACCOUNT}/raw/types/data`)).arrayBuffer()
    expect(new Uint8Array(stored)).toEqual(body)
  })
})

describe('names and metadata that are too large', () => {
  it.each(['😀'.repeat(120), '👨‍👩‍👧‍👦'.repeat(22), '漢'.repeat(250)])(
    '%s is shortened in the path and kept as it is in the details',
    async (name) => {
      const response = await store(`originalFileName=${encodeURIComponent(`${name}a.png`)}`)
      const { filePath } = (await response.json()) as { filePath: string }
      expect(filePath).toMatch(/\.png$/)
      const details = (await (await api(`/files/details?${at(filePath)}`)).json()) as { originalFileName: string }
      expect(details.originalFileName).toBe(`${name}a.png`)
    },
  )

  it('25 tags of 255 characters, each of which is allowed, are 400 together', async () => {
    const tags = Array.from({ length: 25 }, (_, i) => `tag=${encodeURIComponent(String(i).padEnd(255, 'я'))}`).join('&')
    const response = await store(`${at('/types/tagged.png')}&${tags}`)
    expect(response.status).toBe(400)
    expect((await errorOf(response)).message).toMatch(/at most 5000 bytes together, as ASCII JSON, received \d+/)
  })

  const files = { source: '/types/a.png', destination: '/elsewhere/a.png' }
  const folders = { source: '/types', destination: '/elsewhere' }
  it.each<[path: string, body: (given: object) => object]>([
    ['/files/copy', (given) => ({ ...files, ...given })],
    ['/files/copy/batch', (given) => ({ files: [files, { ...files, ...given }] })],
    ['/folders/copy', (given) => ({ ...folders, ...given })],
    ['/folders/copy/batch', (given) => ({ folders: [folders, { ...folders, ...given }] })],
    ['save', (given) => given],
  ])('%s: are 400 before any work begins', async (path, body) => {
    await store(at('/types/a.png'), 'image/png')
    const send = (given: object): Promise<Response> => {
      const init = { method: 'POST', body: JSON.stringify(body(given)) }
      return path === 'save'
        ? request(`/${ACCOUNT}/save/image/types/a.png`, { ...init, headers: { ...headers, Prefer: 'respond-async' } })
        : api(path, init)
    }
    const tags = Array.from({ length: 26 }, (_, n) => String(n))
    for (const [field, value] of Object.entries({ metadata: { text: 'x'.repeat(3000) }, tags })) {
      const response = await send({ [field]: { value } })
      expect(response.status).toBe(400)
      expect(await errorOf(response)).toMatchObject({ code: 'invalid_parameter', details: { field } })
    }
  })
})
