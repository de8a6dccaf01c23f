import { describe, expect, it } from 'vitest'
import { resolveCropFile } from '../../../src/service/render/crop-file.ts'
import type { FileStore } from '../../../src/service/ports.ts'

const crop = (x: number, y: number, width: number, height: number) => ({
  type: 'crop',
  geometry: { offset: { x, y }, size: { width, height, type: 'widthxheight!' } },
})
const file = (inputPath: unknown, ...steps: unknown[]): string => JSON.stringify({ inputPath, pipeline: { steps } })

/** A store of one file at `/photos/a.jpg.crop`. */
function storeOf(text: string): FileStore {
  const bytes = new TextEncoder().encode(text)
  const info = {
    path: '/photos/a.jpg.crop',
    size: bytes.length,
    etag: 'e',
    lastModified: new Date(0),
    mime: 'application/json',
    originalFileName: null,
    metadata: {},
    tags: [],
  }
  const found = (path: string) => path === info.path
  return {
    head: async (_account: string, path: string) => (found(path) ? info : null),
    open: async (_account: string, path: string) => (found(path) ? { info, body: new Blob([bytes]).stream() } : null),
  } as unknown as FileStore // the two methods that are used
}
const resolveText = (text: string, path = '/photos/a.jpg.crop') => resolveCropFile(storeOf(text), 'Emu1s1n', path)

describe('a .crop file', () => {
  it('names an image beside it and what to cut', async () => {
    const source = await resolveText(file('photo.jpg', crop(10, 20, 300, 200)))
    expect(source).toMatchObject({
      path: '/photos/photo.jpg',
      steps: [{ op: 'crop', params: { x: 10, y: 20, width: 300, height: 200, position: 'top-left', fit: false } }],
    })
  })
  it('may name an image by its whole path, and cut nothing', async () => {
    expect(await resolveText(file('/other/photo.jpg'))).toEqual({ path: '/other/photo.jpg', steps: [] })
  })
  it('is any path with that ending, no other', async () => {
    expect(await resolveText('', '/photos/crop.jpg')).toEqual({ path: '/photos/crop.jpg', steps: [] })
    await expect(resolveText('', '/photos/missing.crop')).rejects.toMatchObject({ code: 'file_not_found' })
  })
  it.each([
    ['nothing', ''],
    ['an image', '\u0000\u0001PNG'],
    ['no object', '[]'],
    ['no pipeline', '{"inputPath":"a.jpg"}'],
    ['another step', file('a.jpg', { type: 'rotate' })],
    ['no size', file('a.jpg', crop(0, 0, 0, 5))],
    ['numbers without bounds', file('a.jpg', crop(1e9, 0, 5, 5))],
    ['a path that is no text', file(5)],
    ['itself', file('a.jpg.crop')],
    ['too many steps', file('a.jpg', ...Array.from({ length: 11 }, () => crop(0, 0, 5, 5)))],
  ])('with %s is refused', async (_name, text) => {
    await expect(resolveText(text)).rejects.toMatchObject({ code: 'invalid_image' })
  })
  it.each(['../../secret.jpg', '', 'a//b.jpg', 'a\\b.jpg'])('does not leave its account by %j', async (inputPath) => {
    await expect(resolveText(file(inputPath))).rejects.toMatchObject({ code: 'invalid_path' })
  })
  it('is refused when it is large', async () => {
    await expect(resolveText(`${file('a.jpg')}${' '.repeat(70_000)}`)).rejects.toMatchObject({ code: 'file_too_large' })
  })
})
