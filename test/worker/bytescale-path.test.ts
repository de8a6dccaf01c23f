import { describe, expect, it } from 'vitest'
import { ACCOUNT, errorOf, ORIGIN, picture, PUBLIC_KEY, request, SECRET_KEY, upload } from './support/client.ts'
import { decodePixels } from './support/pixels.ts'

const uploads = `/v2/accounts/${ACCOUNT}/uploads/binary`
const image = (path: string, query = '') => request(`/${ACCOUNT}/image${path}${query}`)
const bearer = (key: string) => ({ Authorization: `Bearer ${key}` })

describe('POST uploads/binary', () => {
  it('stores the bytes with type, name, metadata and tags, and raw gives them back', async () => {
    const body = picture('photo.png')
    const response = await request(`${uploads}?filePath=/a/ü b.png&originalFileName=mine.png&tag=x&tag=y`, {
      method: 'POST',
      headers: { ...bearer(SECRET_KEY), 'Content-Type': 'image/png', 'X-Upload-Metadata': '{"k":{"n":1}}' },
      body,
    })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      accountId: ACCOUNT,
      etag: expect.stringMatching(/^"[0-9a-f]{32}"$/),
      filePath: '/a/ü b.png',
      fileUrl: `${ORIGIN}/${ACCOUNT}/raw/a/%C3%BC%20b.png`,
    })
    const raw = await request(`/${ACCOUNT}/raw/a/%C3%BC%20b.png`)
    expect(raw.headers.get('Content-Type')).toBe('image/png')
    expect(new Uint8Array(await raw.arrayBuffer())).toEqual(body)
  })

  it('makes a path from the default variables', async () => {
    const response = await request(`${uploads}?originalFileName=cat.jpg`, {
      method: 'POST',
      headers: bearer(SECRET_KEY),
      body: picture('photo.jpg'),
    })
    const { filePath } = (await response.json()) as { filePath: string }
    expect(filePath).toMatch(/^\/uploads\/\d{4}\/\d\d\/\d\d\/[1-9A-HJ-NP-Za-km-z]{10}-cat\.jpg$/)
    expect((await request(`/${ACCOUNT}/raw${filePath}`)).status).toBe(200)
  })

  it('accepts Basic with the user apikey', async () => {
    const headers = { Authorization: `Basic ${btoa(`apikey:${SECRET_KEY}`)}` }
    expect((await request(`${uploads}?filePath=/basic.txt`, { method: 'POST', headers, body: 'x' })).status).toBe(200)
  })

  it('a public key may create and may not overwrite', async () => {
    const send = (body: string) => request(`${uploads}?filePath=/once.txt`, { method: 'POST', headers: bearer(PUBLIC_KEY), body })
    expect((await send('first')).status).toBe(200)
    const second = await send('second')
    expect(second.status).toBe(403)
    expect((await errorOf(second)).code).toBe('forbidden')
    expect(await (await request(`/${ACCOUNT}/raw/once.txt`)).text()).toBe('first')
  })

  it.each<[string, string, RequestInit, number, string]>([
    ['no key', `${uploads}?filePath=/x`, {}, 401, 'unauthorized'],
    ['a wrong key', `${uploads}?filePath=/x`, { headers: bearer(`${SECRET_KEY}x`) }, 401, 'unauthorized'],
    [
      'Basic with another user',
      `${uploads}?filePath=/x`,
      { headers: { Authorization: `Basic ${btoa(`user:${SECRET_KEY}`)}` } },
      401,
      'unauthorized',
    ],
    ["another account's URL", '/v2/accounts/W142hJk/uploads/binary?filePath=/x', { headers: bearer(SECRET_KEY) }, 403, 'forbidden'],
    ['a relative path', `${uploads}?filePath=x`, { headers: bearer(SECRET_KEY) }, 400, 'invalid_path'],
    ['a path that climbs', `${uploads}?filePath=/a/../b`, { headers: bearer(SECRET_KEY) }, 400, 'invalid_path'],
    ['an unknown parameter', `${uploads}?path=/x`, { headers: bearer(SECRET_KEY) }, 400, 'unknown_parameter'],
    ['both ways of naming', `${uploads}?filePath=/x&fileName=y`, { headers: bearer(SECRET_KEY) }, 400, 'invalid_parameter'],
    [
      'metadata that is no JSON',
      `${uploads}?filePath=/x`,
      { headers: { ...bearer(SECRET_KEY), 'X-Upload-Metadata': '{' } },
      400,
      'invalid_parameter',
    ],
    [
      'metadata over 2 KB',
      `${uploads}?filePath=/x`,
      { headers: { ...bearer(SECRET_KEY), 'X-Upload-Metadata': JSON.stringify({ a: 'x'.repeat(2048) }) } },
      400,
      'invalid_parameter',
    ],
    ['26 tags', `${uploads}?filePath=/x${'&tag=t'.repeat(26)}`, { headers: bearer(SECRET_KEY) }, 400, 'invalid_parameter'],
    [
      'a type that is none',
      `${uploads}?filePath=/x`,
      { headers: { ...bearer(SECRET_KEY), 'Content-Type': 'x' } },
      400,
      'invalid_parameter',
    ],
  ])('%s', async (_what, path, init, status, code) => {
    const response = await request(path, { method: 'POST', body: 'x', ...init })
    expect(response.status).toBe(status)
    expect((await errorOf(response)).code).toBe(code)
  })
})

describe('GET raw', () => {
  it('answers conditions, ranges and downloads', async () => {
    const path = `/${ACCOUNT}/raw${await upload('/r/digits.txt', '0123456789')}`
    const whole = await request(path)
    const etag = whole.headers.get('ETag') ?? ''
    expect(await whole.text()).toBe('0123456789')
    expect(etag).toMatch(/^"[^"]+"$/)
    expect((await request(path, { headers: { 'If-None-Match': etag } })).status).toBe(304)
    const part = await request(path, { headers: { Range: 'bytes=2-4' } })
    expect([part.status, await part.text(), part.headers.get('Content-Range')]).toEqual([206, '234', 'bytes 2-4/10'])
    expect((await request(path, { headers: { Range: 'bytes=10-' } })).status).toBe(416)
    expect((await request(path, { headers: { 'If-Match': '"other"' } })).status).toBe(412)
    const head = await request(path, { method: 'HEAD' })
    expect([head.status, head.headers.get('Content-Length'), await head.text()]).toEqual([200, '10', ''])
    expect(whole.headers.get('Content-Disposition')).toBe('inline; filename=digits.txt')
    expect((await request(`${path}?download=true`)).headers.get('Content-Disposition')).toBe('attachment; filename=digits.txt')
  })

  it('a stored page cannot run as this origin', async () => {
    const { headers } = await request(`/${ACCOUNT}/raw${await upload('/r/page.html', '<script>alert(1)</script>')}`)
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(headers.get('Content-Security-Policy')).toMatch(/default-src 'none'.*sandbox/)
  })

  it('names in headers are quoted, not trusted', async () => {
    await upload('/r/a";\u00e9 x.txt', 'x')
    const response = await request(`/${ACCOUNT}/raw/r/${encodeURIComponent('a";\u00e9 x.txt')}`)
    expect(response.headers.get('Content-Disposition')).toMatch(
      /^inline; filename="a\\";. x\.txt"; filename\*=UTF-8''a%22%3B%C3%A9%20x\.txt$/,
    )
  })
})

describe('GET image', () => {
  it.each([
    ['', 'image/jpeg', 64, 48],
    ['?w=32', 'image/jpeg', 32, 24],
    ['?h=24&f=png', 'image/png', 32, 24],
    ['?w=20&h=20&f=webp', 'image/webp', 20, 15],
    ['?w=20&h=20&fit=crop&f=png', 'image/png', 20, 20],
    ['?w=128&h=10&fit=stretch&f=png', 'image/png', 128, 10],
    ['?w=20&h=20&fit=min&f=png', 'image/png', 27, 20],
    ['?w=128&h=128&fit=max&f=png', 'image/png', 128, 96],
    ['?w=128&h=128&fit=shrink&f=png', 'image/png', 64, 48],
    ['?w=32&h=32&fit=shrink&f=png', 'image/png', 32, 24],
    ['?w=32&fit=shrink-cover&f=png', 'image/png', 32, 24],
    ['?w=128&fit=shrink-cover&f=png', 'image/png', 64, 48],
    ['?w=32&h=30&fit=shrink-cover&f=png', 'image/png', 40, 30],
    ['?w=32&h=32&fit=enlarge&f=png', 'image/png', 64, 48],
    ['?w=128&h=200&fit=enlarge&f=png', 'image/png', 128, 96],
    ['?w=128&h=192&fit=enlarge-cover&f=png', 'image/png', 256, 192],
    ['?w=32&h=7&fit=width&f=png', 'image/png', 32, 24],
    ['?h=24&w=7&fit=height&f=png', 'image/png', 32, 24],
    ['?crop-x=32&crop-w=16&crop-h=8&f=png', 'image/png', 16, 8],
    ['?crop-x=32&crop-y=24&f=png&w=8', 'image/png', 8, 6],
  ])('%s', async (query, mime, width, height) => {
    await upload('/i/photo.jpg', picture('photo.jpg'))
    const response = await image('/i/photo.jpg', query)
    expect(response.headers.get('Content-Type')).toBe(mime)
    const pixels = await decodePixels(response)
    expect([pixels.width, pixels.height]).toEqual([width, height])
  })

  it.each([
    ['top-left', [255, 0, 0]],
    ['top-right', [0, 255, 0]],
    ['bottom-left', [0, 0, 255]],
    ['bottom-right', [255, 255, 255]],
  ])('crop=%s keeps that corner', async (position, colour) => {
    await upload('/i/photo.png', picture('photo.png'))
    // 64×48 covers 8×48 at scale 1 and loses its width; 64×6 loses its height.
    const narrow = await decodePixels(await image('/i/photo.png', `?w=8&h=48&fit=crop&crop=${position}&f=png`))
    const y = position.startsWith('top') ? 2 : 45
    expect(narrow.at(4, y)).toEqual([...colour, 255])
  })

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('EXIF orientation %i is turned upright', async (orientation) => {
    const path = await upload(`/i/o${orientation}.jpg`, picture(`orientation-${orientation}.jpg`))
    const pixels = await decodePixels(await image(path, '?f=png'))
    expect([pixels.width, pixels.height]).toEqual(orientation >= 5 ? [48, 64] : [64, 48])
    // Where the stored top left corner (red) and top right corner (green) go. (EXIF 2.32, table 6)
    const [red, green] = CORNERS[orientation] ?? []
    expect(pixels.corner(red ?? '')).toEqual('red')
    expect(pixels.corner(green ?? '')).toEqual('green')
  })

  it('shows alpha on white where the format has none', async () => {
    const path = await upload('/i/half.png', picture('half-transparent.png'))
    const flat = await decodePixels(await image(path, '?f=jpeg&q=100'))
    const [red, green, blue] = flat.at(20, 15)
    expect(red).toBeGreaterThan(250)
    expect(Math.abs((green ?? 0) - 128)).toBeLessThan(4)
    expect(Math.abs((blue ?? 0) - 128)).toBeLessThan(4)
    expect((await decodePixels(await image(path, '?f=png'))).at(20, 15)).toEqual([255, 0, 0, 128])
  })

  it('keeps the format of the source', async () => {
    for (const [name, mime] of [
      ['photo.png', 'image/png'],
      ['photo.webp', 'image/webp'],
      ['photo.jpg', 'image/jpeg'],
    ] as const) {
      expect((await image(await upload(`/i/${name}`, picture(name)), '?w=10')).headers.get('Content-Type')).toBe(mime)
    }
  })

  it.each([
    ['?wx=1', 'unknown_parameter', 'wx'],
    ['?w=0', 'invalid_parameter', 'w'],
    ['?w=-1', 'invalid_parameter', 'w'],
    ['?w=1.5', 'invalid_parameter', 'w'],
    ['?w=1e3', 'invalid_parameter', 'w'],
    ['?w=', 'invalid_parameter', 'w'],
    ['?w=3&w=4', 'invalid_parameter', 'w'],
    ['?fit=cover&w=3', 'invalid_parameter', 'fit'],
    ['?fit=constructor&w=3', 'invalid_parameter', 'fit'],
    ['?fit=width', 'invalid_parameter', 'w'],
    ['?fit=height&w=3', 'invalid_parameter', 'h'],
    ['?w=3&h=3&fit=max&crop=top', 'invalid_parameter', 'crop'],
    ['?crop=middle&w=3&h=3', 'invalid_parameter', 'crop'],
    ['?f=tiff', 'invalid_parameter', 'f'],
    ['?q=0', 'invalid_parameter', 'q'],
    ['?q=101', 'invalid_parameter', 'q'],
    ['?cache=yes', 'invalid_parameter', 'cache'],
    ['?cache-ttl=1&cache_ttl=2', 'invalid_parameter', 'cache_ttl'],
    ['?exp=soon', 'invalid_parameter', 'exp'],
    ['?crop-x=64', 'invalid_parameter', 'crop'],
  ])('%s is 400 and names the parameter', async (query, code, field) => {
    await upload('/i/photo.jpg', picture('photo.jpg'))
    const response = await image('/i/photo.jpg', query)
    expect(response.status).toBe(400)
    expect(await errorOf(response)).toMatchObject({ code, details: { field } })
  })

  it.each([
    'cache=true',
    'cache-ttl=5',
    'cache_ttl=5',
    'cache-ttl-404=5',
    'cache_ttl_404=5',
    'cache-perm=auto',
    'cache_perm=false',
    'version=7',
    'v=7',
    'download=true',
    'exp=inf',
    'exp=4102444800',
    'exp=4102444800000',
    'meta-user=3',
    'meta-=',
    'auth=true',
    'artifact=/',
    'a=/',
    'cache=false',
  ])('%s is accepted and changes no pixel', async (parameter) => {
    await upload('/i/photo.jpg', picture('photo.jpg'))
    const plain = await (await image('/i/photo.jpg', '?w=9&f=png')).arrayBuffer()
    const response = await image('/i/photo.jpg', `?w=9&f=png&${parameter}`)
    expect(response.status).toBe(200)
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array(plain))
  })

  it('an unescaped ! stands for the question mark', async () => {
    await upload('/i/photo.jpg', picture('photo.jpg'))
    expect((await decodePixels(await image('/i/photo.jpg', '!w=8&f=png'))).width).toBe(8)
  })
})

/** Upright place of the stored top left and top right corners. */
const CORNERS: Readonly<Record<number, readonly [string, string]>> = {
  1: ['top-left', 'top-right'],
  2: ['top-right', 'top-left'],
  3: ['bottom-right', 'bottom-left'],
  4: ['bottom-left', 'bottom-right'],
  5: ['top-left', 'bottom-left'],
  6: ['top-right', 'bottom-right'],
  7: ['bottom-right', 'top-right'],
  8: ['bottom-left', 'top-left'],
}

describe('answers are made once', () => {
  it('a second request, also one spelled differently, decodes nothing', async () => {
    const path = await upload('/c/photo.jpg', picture('photo.jpg'))
    const first = await image(path, '?w=30&f=webp&q=80')
    expect(first.headers.get('Emulsion-Cache')).toBe('miss')
    expect(first.headers.get('Server-Timing')).toMatch(/render|recode/)
    expect(first.headers.get('Server-Timing')).toMatch(/plan;desc="\d+ ms in \d+\.\d MB"/)
    const bytes = new Uint8Array(await first.arrayBuffer())
    for (const query of ['?w=30&f=webp&q=80', '?f=webp&w=30', '?w=030&f=webp&meta-x=1', '?fit=max&w=30&f=webp']) {
      const again = await image(path, query)
      expect(again.headers.get('Emulsion-Cache'), query).toBe('edge')
      expect(again.headers.get('Server-Timing')).not.toMatch(/plan|decode|fetch/)
      expect(again.headers.get('ETag')).toBe(first.headers.get('ETag'))
      expect(new Uint8Array(await again.arrayBuffer())).toEqual(bytes)
    }
  })

  it('another version is another edge entry and the same stored result', async () => {
    const path = await upload('/c/v.jpg', picture('photo.jpg'))
    await (await image(path, '?w=31')).arrayBuffer()
    const versioned = await image(path, '?w=31&version=2')
    expect(versioned.headers.get('Emulsion-Cache')).toBe('store')
    expect(versioned.headers.get('Cache-Control')).toBe('public, max-age=31536000, immutable')
    await versioned.arrayBuffer()
  })

  it('a replaced file gives new results under a new version, and its old results are gone', async () => {
    const path = await upload('/c/w.jpg', picture('photo.jpg'))
    const old = await image(path, '?w=32')
    await upload('/c/w.jpg', picture('orientation-3.jpg'))
    const fresh = await image(path, '?w=32&v=2')
    expect(fresh.headers.get('Emulsion-Cache')).toBe('miss')
    expect(fresh.headers.get('ETag')).not.toBe(old.headers.get('ETag'))
    await Promise.all([old.arrayBuffer(), fresh.arrayBuffer()])
  })

  it('cache-only answers 404 until somebody made the result; cache=false always works anew', async () => {
    const path = await upload('/c/o.jpg', picture('photo.jpg'))
    expect(await errorOf(await image(path, '?w=33&cache-only=true'))).toMatchObject({ code: 'not_cached' })
    const anew = await image(path, '?w=33&cache=false')
    expect([anew.headers.get('Emulsion-Cache'), anew.headers.get('Cache-Control')]).toEqual(['miss', 'no-store'])
    await anew.arrayBuffer()
    expect((await image(path, '?w=33&cache_only=true')).status).toBe(404)
    await (await image(path, '?w=33')).arrayBuffer()
    expect((await image(path, '?w=33&cache_only=true')).status).toBe(200)
  })

  it('answers If-None-Match without a body', async () => {
    const path = await upload('/c/n.jpg', picture('photo.jpg'))
    const first = await image(path, '?w=34')
    const etag = first.headers.get('ETag') ?? ''
    await first.arrayBuffer()
    const again = await request(`/${ACCOUNT}/image${path}?w=34`, { headers: { 'If-None-Match': etag } })
    expect([again.status, await again.text(), again.headers.get('ETag')]).toEqual([304, '', etag])
  })

  it('an expired URL is gone, one that expires soon is not kept longer', async () => {
    const path = await upload('/c/e.jpg', picture('photo.jpg'))
    expect((await image(path, '?w=35&exp=1000000000')).status).toBe(410)
    const soon = await image(path, `?w=35&cache-ttl=500&exp=${Math.floor(Date.now() / 1000) + 100}`)
    expect(Number(/max-age=(\d+)/.exec(soon.headers.get('Cache-Control') ?? '')?.[1])).toBeLessThanOrEqual(100)
    await soon.arrayBuffer()
  })
})

describe('hostile files end in a clear answer', () => {
  const pngHeader = (side: number): Uint8Array<ArrayBuffer> => {
    const bytes = picture('photo.png').slice()
    new DataView(bytes.buffer).setUint32(16, side)
    new DataView(bytes.buffer).setUint32(20, side)
    const crc = crc32(bytes.subarray(12, 29))
    new DataView(bytes.buffer).setUint32(29, crc)
    return bytes
  }
  it.each<[string, () => Uint8Array<ArrayBuffer>, number, string]>([
    ['an empty file', () => new Uint8Array(), 415, 'unsupported_format'],
    [
      'a page named .jpg',
      () => Uint8Array.from('<html><body>hello</body></html>', (char) => char.charCodeAt(0)),
      415,
      'unsupported_format',
    ],
    ['a header of 30,000 × 30,000', () => pngHeader(30_000), 422, 'too_many_pixels'],
    ['a JPEG cut off in its header', () => picture('photo.jpg').slice(0, 20), 422, 'invalid_image'],
    ['a PNG cut off', () => picture('photo.png').slice(0, 60), 422, 'invalid_image'],
    ['a WebP cut off', () => picture('photo.webp').slice(0, 24), 422, 'invalid_image'],
  ])('%s', async (_what, make, status, code) => {
    const path = await upload('/h/file.jpg', make())
    const response = await image(path, '?w=10&cache=false')
    expect(response.status).toBe(status)
    expect((await errorOf(response)).code).toBe(code)
    expect((await request('/-/health')).status).toBe(200)
  })

  it('a result over the limit of size is refused before any work', async () => {
    const path = await upload('/h/photo.jpg', picture('photo.jpg'))
    const response = await image(path, '?w=12001&fit=stretch')
    expect([response.status, (await errorOf(response)).code]).toEqual([422, 'output_too_large'])
  })
})

describe('everything else', () => {
  it.each([
    [`/${ACCOUNT}/image/none.jpg`, 404, 'file_not_found'],
    [`/${ACCOUNT}/raw/none.jpg`, 404, 'file_not_found'],
    ['/W142hJk/image/none.jpg', 404, 'not_found'],
    [`/${ACCOUNT}/image/a%2Fb.jpg`, 400, 'invalid_path'],
    [`/${ACCOUNT}/image/a%00b.jpg`, 400, 'invalid_path'],
    [`/${ACCOUNT}/image/a%ffb.jpg`, 400, 'invalid_path'],
    [`/${ACCOUNT}/raw//a.jpg`, 400, 'invalid_path'],
    [`/${ACCOUNT}/video/a.mp4`, 400, 'not_implemented'],
    [`/${ACCOUNT}/image/a.jpg?artifact=/x`, 404, 'file_not_found'],
    ['/nothing/here', 404, 'not_found'],
  ])('%s → %i', async (path, status, code) => {
    const response = await request(path)
    expect(response.status).toBe(status)
    expect((await errorOf(response)).code).toBe(code)
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*')
  })

  it('preflights name the headers one by one, and answers expose the ETag', async () => {
    const headers = {
      Origin: 'https://app.example',
      'Access-Control-Request-Method': 'POST',
      'Access-Control-Request-Headers': 'authorization,content-type',
    }
    const preflight = await request(uploads, { method: 'OPTIONS', headers })
    expect(preflight.status).toBe(204)
    expect(preflight.headers.get('Access-Control-Allow-Methods')).toContain('PUT')
    expect(preflight.headers.get('Access-Control-Allow-Headers')?.toLowerCase()).toContain('authorization-token')
    expect((await request('/-/health')).headers.get('Access-Control-Expose-Headers')).toContain('ETag')
  })
})

describe('POST save/image', () => {
  const save = (path: string, query: string, body: unknown, headers: Record<string, string> = bearer(SECRET_KEY)) =>
    request(`/${ACCOUNT}/save/image${path}${query}`, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    })

  it('stores what the URL would show, and raw serves it', async () => {
    const path = await upload('/s/photo.jpg', picture('photo.jpg'))
    const response = await save(path, '?w=16&f=png', { destination: '/s/small.png' })
    expect(response.status).toBe(200)
    expect(await response.json()).toEqual({
      async: false,
      accountId: ACCOUNT,
      filePath: '/s/small.png',
      fileUrl: `${ORIGIN}/${ACCOUNT}/raw/s/small.png`,
    })
    const raw = await request(`/${ACCOUNT}/raw/s/small.png`)
    expect(raw.headers.get('Content-Type')).toBe('image/png')
    const shown = await image(path, '?w=16&f=png')
    expect(new Uint8Array(await raw.arrayBuffer())).toEqual(new Uint8Array(await shown.arrayBuffer()))
  })

  it('takes a destination of variables, parameters beyond the URL, and names the file after its new format', async () => {
    const path = await upload('/s/cat.jpg', picture('photo.jpg'))
    const response = await save(path, '', {
      destination: { folderPath: '/s/out', fileName: '{ORIGINAL_FILE_NAME}{ORIGINAL_FILE_EXT}' },
      extendedParams: [{ w: 12 }, { f: 'webp' }],
    })
    const { filePath } = (await response.json()) as { filePath: string }
    expect(filePath).toBe('/s/out/cat.webp')
    expect((await decodePixels(await image(filePath, '?f=png'))).width).toBe(12)
  })

  it.each<[string, string, unknown, Record<string, string>, number, string]>([
    ['no key', '?w=1', {}, {}, 401, 'unauthorized'],
    ['an unknown parameter', '?nope=1', {}, bearer(SECRET_KEY), 400, 'unknown_parameter'],
    ['an unknown field', '?w=1', { dest: '/x' }, bearer(SECRET_KEY), 400, 'invalid_body'],
    ['a destination that climbs', '?w=1', { destination: '/../x' }, bearer(SECRET_KEY), 400, 'invalid_path'],
  ])('%s', async (_what, query, body, headers, status, code) => {
    const path = await upload('/s/photo.jpg', picture('photo.jpg'))
    const response = await save(path, query, body, headers)
    expect([response.status, (await errorOf(response)).code]).toEqual([status, code])
  })

  it('a missing source is 404, a public key may not overwrite', async () => {
    expect((await save('/s/none.jpg', '?w=1', {})).status).toBe(404)
    const path = await upload('/s/p.jpg', picture('photo.jpg'))
    expect((await save(path, '?w=1', { destination: path }, bearer(PUBLIC_KEY))).status).toBe(403)
  })
})

/** CRC-32 of PNG (ISO 3309), bit by bit. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) {
    crc ^= byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1
  }
  return (crc ^ 0xffffffff) >>> 0
}
