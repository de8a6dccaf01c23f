import { describe, expect, it } from 'vitest'
import { chooseMediaType, essenceOf, isUntold, sniffMediaType } from '../../../../src/service/files/content/media-type.ts'
import { AppError } from '../../../../src/errors.ts'
import { peek } from '../../../../src/service/files/content/peek.ts'

const bytes = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0))

describe('the type of a picture by its first bytes', () => {
  it.each<[first: string, type: string | null]>([
    ['\xff\xd8\xff\xe0\0\x10JFIF', 'image/jpeg'],
    ['\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'image/png'],
    ['RIFF\x24\0\0\0WEBPVP8 ', 'image/webp'],
    ['GIF89a\x01\0', 'image/gif'],
    ['GIF87a\x01\0', 'image/gif'],
    ['BM\x36\0\0\0\0\0\0\0\x36', 'image/bmp'],
    ['II*\0\x08\0\0\0', 'image/tiff'],
    ['MM\0*\0\0\0\x08', 'image/tiff'],
    ['\0\0\x01\0\x01\0\x10\x10', 'image/x-icon'],
    ['\0\0\0\x1cftypavif\0\0\0\0mif1avif', 'image/avif'],
    ['\0\0\0\x1cftypmif1\0\0\0\0mif1avif', 'image/avif'],
    ['\0\0\0\x18ftypheic\0\0\0\0mif1', 'image/heic'],
    ['\0\0\0\x18ftypmif1\0\0\0\0miaf', 'image/heif'],
    ['\0\0\0\x18ftypisom\0\0\0\0mp42', null],
    ['\xff\x0a\xfa\x7f', 'image/jxl'],
    ['\0\0\0\x0cJXL \r\n\x87\n', 'image/jxl'],
    ['%PDF-1.7', null],
    ['BMW is a car', null],
    ['<svg xmlns="http://www.w3.org/2000/svg"/>', 'image/svg+xml'],
    ['<html><svg xmlns="http://www.w3.org/2000/svg"/>', null],
    ['', null],
    ['\0\0', null],
  ])('%j → %s', (first, type) => expect(sniffMediaType(bytes(first))).toBe(type))
})

describe('the type under which a file is stored', () => {
  it.each<[told: string | null, sniffed: string | null, ofName: string | null, stored: string]>([
    ['image/png', 'image/jpeg', 'image/gif', 'image/png'],
    ['text/html; charset=utf-8', null, null, 'text/html; charset=utf-8'],
    [null, 'image/jpeg', 'image/png', 'image/jpeg'],
    [null, null, 'text/css', 'text/css'],
    [null, null, null, 'application/octet-stream'],
    ['application/octet-stream', 'image/jpeg', null, 'image/jpeg'],
    ['Application/Octet-Stream', 'image/jpeg', null, 'image/jpeg'],
    ['application/octet-stream; charset=binary', 'image/jpeg', null, 'image/jpeg'],
    ['binary/octet-stream', 'image/webp', 'text/html', 'image/webp'],
    ['application/x-www-form-urlencoded', 'image/png', null, 'image/png'],
    ['application/x-www-form-urlencoded', null, 'text/css', 'text/css'],
    ['application/x-www-form-urlencoded', null, null, 'application/octet-stream'],
    ['application/octet-stream', null, 'image/svg+xml', 'image/svg+xml'],
    ['application/octet-stream', null, 'text/html', 'application/octet-stream'],
    ['image/*', null, 'image/png', 'image/png'],
    ['', 'image/png', null, 'image/png'],
  ])('told %j, content %s, name %s → %s', (told, sniffed, ofName, stored) => expect(chooseMediaType(told, sniffed, ofName)).toBe(stored))

  it('types are compared without parameters and case', () => {
    expect(essenceOf(' Image/JPEG ; q=1')).toBe('image/jpeg')
    expect([isUntold('BINARY/octet-stream;a=b'), isUntold('image/jpeg'), isUntold(null)]).toEqual([true, false, true])
  })
})

describe('peeking at a body', () => {
  it.each([[[1, 2, 3, 4, 5, 6, 7]], [[1], [2, 3], [4, 5, 6, 7]], [[1, 2], [], [3]], [[]]])('%j', async (...chunks: number[][]) => {
    const all = chunks.flat()
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const chunk of chunks) controller.enqueue(Uint8Array.from(chunk))
        controller.close()
      },
    })
    const { head, body } = await peek({ stream, size: all.length }, 4)
    expect([...head]).toEqual(all.slice(0, 4))
    expect([...new Uint8Array(await new Response((body as { stream: ReadableStream }).stream).arrayBuffer())]).toEqual(all)
  })

  it.each([
    [new Error('gone'), 'invalid_body'],
    [new AppError('source_unavailable'), 'source_unavailable'],
  ])('a stream that breaks off by %s is %s, in its first bytes and later', async (error, code) => {
    const pieces = [new Uint8Array(5)]
    const broken = () =>
      new ReadableStream<Uint8Array>({
        pull(controller) {
          const piece = pieces.shift()
          if (piece) controller.enqueue(piece)
          else controller.error(error)
        },
      })
    const { body } = await peek({ stream: broken(), size: 9 }, 4)
    await expect(new Response((body as { stream: ReadableStream }).stream).arrayBuffer()).rejects.toMatchObject({ code })
    await expect(peek({ stream: broken(), size: 9 }, 4)).rejects.toMatchObject({ code })
  })
})
