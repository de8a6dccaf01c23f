import { describe, expect, it } from 'vitest'
import { ACCOUNT, picture, request, upload } from '../support/client.ts'

const DRAWING =
  '<?xml version="1.0"?>\n<!-- ours -->\n<svg xmlns="http://www.w3.org/2000/svg" width="9" height="6"><script>alert(1)</script><rect width="4" height="6"/></svg>'
const stored = (): Promise<string> => upload('/vector/drawing.svg', DRAWING, { 'Content-Type': 'text/plain' })
const image = (path: string, query: string, headers: Record<string, string> = {}): Promise<Response> =>
  request(`/${ACCOUNT}/image${path}?${query}`, { headers })

describe('f=svg', () => {
  it('sends a stored drawing as it is, where nothing of it can run', async () => {
    const path = await stored()
    const response = await image(path, 'f=svg')
    expect([response.status, response.headers.get('Content-Type')]).toEqual([200, 'image/svg+xml'])
    expect(response.headers.get('Content-Security-Policy')).toMatch(/^default-src 'none';.* sandbox$/)
    expect(response.headers.get('X-Content-Type-Options')).toBe('nosniff')
    expect(await response.text()).toBe(DRAWING)
    const etag = response.headers.get('ETag') ?? ''
    expect((await image(path, 'f=svg', { 'If-None-Match': etag })).status).toBe(304)
    const part = await image(path, 'f=svg&download=true', { Range: 'bytes=0-4' })
    expect([part.status, await part.text(), part.headers.get('Content-Disposition')?.startsWith('attachment')]).toEqual([
      206,
      '<?xml',
      true,
    ])
  })

  it('refuses another file, and whatever would change the picture', async () => {
    const path = await stored()
    const photo = await upload('/vector/photo.svg', picture('photo.jpg'), { 'Content-Type': 'image/svg+xml' })
    const told = async (response: Promise<Response>): Promise<readonly [number, string]> => [
      (await response).status,
      await (await response).text(),
    ]
    expect(await told(image(photo, 'f=svg'))).toEqual([415, expect.stringContaining('Expected a file in SVG')])
    expect((await image('/vector/none.svg', 'f=svg')).status).toBe(404)
    for (const name of ['w=10', 'q=80', 'f2=png', 'blur=2', 'nonsense=1'])
      expect(await told(image(path, `f=svg&${name}`))).toEqual([400, expect.stringContaining(name.split('=')[0] ?? '')])
  })
})
