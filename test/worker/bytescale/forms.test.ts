import { describe, expect, it } from 'vitest'
import { ACCOUNT, errorOf, picture, request, SECRET_KEY } from '../support/client.ts'

interface Answer {
  readonly files: readonly { readonly filePath: string; readonly formDataFieldName: string }[]
  readonly errors: readonly {
    readonly error: { readonly code: string; readonly message: string }
    readonly formDataFieldName: string | null
  }[]
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
function joined(...pieces: readonly (string | Uint8Array)[]): Uint8Array<ArrayBuffer> {
  const parts = pieces.map((piece) => (typeof piece === 'string' ? bytes(piece) : piece))
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    all.set(part, at)
    at += part.length
  }
  return all
}

/** Sends a body in chunks of a size, so that boundaries and headers are cut anywhere. */
const chunked = (body: Uint8Array, size: number): ReadableStream<Uint8Array> => {
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= body.length) return controller.close()
      controller.enqueue(body.slice(at, at + size))
      at += size
    },
  })
}
const post = (body: BodyInit, type = 'multipart/form-data; boundary="q"', query = ''): Promise<Response> =>
  request(`/v2/accounts/${ACCOUNT}/uploads/form_data${query}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${SECRET_KEY}`, 'Content-Type': type },
    body,
  })
const part = (headers: string, content: string | Uint8Array = picture('photo.png')): Uint8Array =>
  joined(`--q\r\n${headers}\r\n\r\n`, content, '\r\n')
const file = (name: string, content?: string | Uint8Array): Uint8Array =>
  part(`Content-Disposition: form-data; name=f; filename="${name}"`, content)
const END = '--q--\r\n'
const NAMED = '?folderPath=/forms&fileName={ORIGINAL_FILE_NAME}{ORIGINAL_FILE_EXT}'
const stored = async (path: string): Promise<Uint8Array> =>
  new Uint8Array(await (await request(`/${ACCOUNT}/raw${path.split('/').map(encodeURIComponent).join('/')}`)).arrayBuffer())

describe('a form is read', () => {
  it.each<[string, Uint8Array<ArrayBuffer>, string | undefined, string]>([
    [
      'as .NET writes it',
      joined(part("Content-Type: image/png\r\nContent-Disposition: form-data; name=file; filename=net.png; filename*=utf-8''net.png"), END),
      undefined,
      '/forms/net.png',
    ],
    ['with a boundary without quotes', joined(file('token.png'), END), 'multipart/form-data; boundary=q', '/forms/token.png'],
    ['with other parameters', joined(file('charset.png'), END), 'Multipart/Form-Data; charset=utf-8; boundary=q', '/forms/charset.png'],
    ['behind a line break', joined('\r\n', file('break.png'), END), undefined, '/forms/break.png'],
    ['behind a preamble', joined('This is a message with several parts.\r\n', file('preamble.png'), END), undefined, '/forms/preamble.png'],
    ['with an epilogue', joined(file('epilogue.png'), END, 'bye\r\n'), undefined, '/forms/epilogue.png'],
    ['without the last line break', joined(file('last.png'), '--q--'), undefined, '/forms/last.png'],
    [
      'with header names in capitals',
      joined(part('CONTENT-DISPOSITION: form-data; NAME=f; FILENAME="CAPS.png"'), END),
      undefined,
      '/forms/CAPS.png',
    ],
    ['with a Unicode name', joined(file('漢😀.png'), END), undefined, '/forms/漢😀.png'],
  ])('%s, whole and in pieces', async (_, body, type, path) => {
    for (const form of [body, chunked(body, 1), chunked(body, 7), chunked(body, 100)]) {
      const response = await post(form, type, NAMED)
      expect(await response.json<Answer>()).toMatchObject({ files: [{ filePath: path }], errors: [] })
      expect(response.status).toBe(200)
    }
    expect(await stored(path)).toEqual(picture('photo.png'))
  })

  it('whose files contain almost a boundary', async () => {
    const content = 'a\r\n--\r\n--p\r\n--Q--\r\n\r\n'
    expect((await (await post(joined(file('almost.txt', content), END), undefined, NAMED)).json<Answer>()).errors).toEqual([])
    expect(new TextDecoder().decode(await stored('/forms/almost.txt'))).toBe(content)
  })

  it('with fields, an empty file, and two files', async () => {
    const body = joined(part('Content-Disposition: form-data; name=a', 'text'), file('empty.txt', ''), file('two.png'), END)
    expect((await (await post(body, undefined, NAMED)).json<Answer>()).files.map(({ filePath }) => filePath)).toEqual([
      '/forms/empty.txt',
      '/forms/two.png',
    ])
    expect(await stored('/forms/empty.txt')).toHaveLength(0)
  })

  it('and the type of a part that tells none is that of its content', async () => {
    await post(
      joined(part('Content-Type: application/octet-stream\r\nContent-Disposition: form-data; name=f; filename=untold'), END),
      undefined,
      NAMED,
    )
    expect((await request(`/${ACCOUNT}/raw/forms/untold`)).headers.get('Content-Type')).toBe('image/png')
  })
})

describe('a form that is wrong', () => {
  it.each<[string, BodyInit, string | undefined, number, string]>([
    [
      'without files',
      joined(part('Content-Disposition: form-data; name=a', 'text'), END),
      undefined,
      400,
      'Expected 1 to 100 files, received 0.',
    ],
    ['without parts', END, undefined, 400, 'received 0.'],
    ['of another type', 'a=b', 'application/x-www-form-urlencoded', 400, 'Expected multipart/form-data with a boundary.'],
    ['without a boundary', joined(file('x.png'), END), 'multipart/form-data', 400, 'with a boundary.'],
    ['with a long boundary', 'x', `multipart/form-data; boundary=${'b'.repeat(300)}`, 400, 'with a boundary.'],
    ['with another boundary', joined(file('x.png'), END), 'multipart/form-data; boundary=z', 400, 'missing initial boundary'],
    ['that breaks off', joined(file('x.png')).subarray(0, 100), undefined, 400, 'not finished'],
    ['whose header never ends', joined('--q\r\n', 'x'.repeat(40_000)), undefined, 400, 'header'],
    [
      'with a header in Latin-1',
      joined('--q\r\nContent-Disposition: form-data; name=f; filename="', new Uint8Array([0xe9]), '"\r\n\r\nx\r\n', END),
      undefined,
      400,
      'UTF-8',
    ],
  ])('%s is 400', async (_, body, type, status, message) => {
    const response = await post(body, type)
    expect(response.status).toBe(status)
    expect((await errorOf(response)).message).toContain(message)
  })

  it('behind its first file keeps that file and says what happened', async () => {
    const answer = await (await post(joined(file('kept.png'), file('lost.png')).slice(0, -30), undefined, NAMED)).json<Answer>()
    expect(answer.files.map(({ filePath }) => filePath)).toEqual(['/forms/kept.png'])
    expect(answer.errors).toMatchObject([{ error: { code: 'invalid_body' }, formDataFieldName: null }])
  })

  it('with 101 files stores 100', async () => {
    const many = Array.from({ length: 101 }, (_, i) => file(`${i}.txt`, 'x'))
    const answer = await (await post(joined(...many, END), undefined, '?folderPath=/many&fileName={ORIGINAL_FILE_NAME}.txt')).json<Answer>()
    expect([answer.files.length, answer.errors.length, answer.errors[0]?.error.message]).toEqual([
      100,
      1,
      expect.stringContaining('at most 100 files'),
    ])
  })

  it('with a file in base64 refuses that file alone', async () => {
    const encoded = part('Content-Transfer-Encoding: base64\r\nContent-Disposition: form-data; name=b; filename=b.png', 'AAAA')
    const answer = await (await post(joined(encoded, file('plain.png'), END), undefined, NAMED)).json<Answer>()
    expect(answer.errors).toMatchObject([
      { error: { code: 'invalid_body', message: expect.stringContaining('"base64"') }, formDataFieldName: 'b' },
    ])
    expect(answer.files).toMatchObject([{ filePath: '/forms/plain.png' }])
  })

  it('of more than 50 MB is 413, declared or not', async () => {
    const zeros = new Uint8Array(1_000_000)
    let left = 51
    const endless = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (left-- === 0) return controller.close()
        controller.enqueue(left === 50 ? joined('--q\r\nContent-Disposition: form-data; name=f; filename=x\r\n\r\n', zeros) : zeros)
      },
    })
    expect((await post(endless)).status).toBe(413)
  })
})
