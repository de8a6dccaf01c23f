import { describe, expect, it } from 'vitest'
import { collectBody } from '../../../../src/service/files/content/collect-body.ts'
import type { Reserve } from '../../../../src/service/files/content/growing-lease.ts'
import { createReadUrl, createUrlUpload } from '../../../../src/service/files/upload-from-url.ts'
import type { StoreUpload } from '../../../../src/service/files/upload.ts'
import type { FileBody, FileInfo } from '../../../../src/service/ports.ts'

/** A stream of so many kilobytes, each filled with its number; `end` may end it in another way. */
const kilobytes = (count: number, end = (c: ReadableStreamDefaultController<Uint8Array>) => c.close()) => {
  let sent = 0
  return new ReadableStream<Uint8Array>({
    pull: (controller) => (sent < count ? controller.enqueue(new Uint8Array(1000).fill(sent++)) : end(controller)),
  })
}

/** Memory of so many bytes. */
function memory(bytes: number) {
  let [held, most] = [0, 0]
  const reserve = (wanted: number) => {
    if (held + wanted > bytes) return null
    held += wanted
    most = Math.max(most, held)
    return { release: () => void (held -= wanted) }
  }
  return { reserve, held: () => held, most: () => most }
}

const bytesOf = async (body: FileBody): Promise<Uint8Array> =>
  body instanceof Uint8Array ? body : new Uint8Array(await new Response(body.stream).arrayBuffer())

describe('a body whose length nobody told', () => {
  it('holds memory for what has come, until it is released', async () => {
    const { reserve, held } = memory(1_000_000)
    const { body, release } = await collectBody(kilobytes(200), 200_000, reserve)
    expect(held()).toBeGreaterThanOrEqual(200_000)
    expect(held()).toBeLessThan(300_000)
    expect(body).toMatchObject({ size: 200_000 })
    const bytes = await bytesOf(body)
    expect(bytes.length).toBe(200_000)
    expect([bytes[0], bytes[1000], bytes[199_999]]).toEqual([0, 1, 199])
    release()
    release()
    expect(held()).toBe(0)
  })

  it.each([
    ['too long', kilobytes(201), memory(1_000_000), { code: 'file_too_large' }],
    ['more than the memory', kilobytes(200), memory(100_000), { code: 'overloaded', fault: { status: 429 } }],
    ['broken off', kilobytes(100, (c) => c.error(new Error('lost'))), memory(1_000_000), { message: 'lost' }],
  ])('%s is refused, and nothing stays held', async (_name, stream, { reserve, held, most }, refusal) => {
    await expect(collectBody(stream, 200_000, reserve)).rejects.toMatchObject(refusal)
    expect(most()).toBeGreaterThan(0)
    expect(held()).toBe(0)
  })
})

describe('a source at a URL that does not tell its length', () => {
  const uploadOf = (body: ReadableStream<Uint8Array>, upload: StoreUpload, reserve: Reserve) =>
    createUrlUpload(
      createReadUrl({
        fetchSource: async () => ({ status: 200, location: null, mime: 'image/png', disposition: null, size: null, body }),
        allowHosts: [],
        maxUploadBytes: () => 150_000,
        nameOfDisposition: () => null,
        reserve,
      }),
      upload,
    )({
      account: 'a',
      destination: undefined,
      mime: null,
      originalFileName: null,
      permit: { create: () => true, overwrite: () => true },
      url: 'https://example.com/a.png',
      ownHost: 'own.example',
      timeoutMs: undefined,
    })

  it('counts in the memory until it is stored, and is held to the limit of the account', async () => {
    const { reserve, held } = memory(1_000_000)
    let heldMeanwhile = 0
    const stored = await uploadOf(
      kilobytes(100),
      async ({ body }) => {
        heldMeanwhile = held()
        return { size: (await bytesOf(body)).length } as FileInfo // nothing else is looked at
      },
      reserve,
    )
    expect(stored.size).toBe(100_000)
    expect(heldMeanwhile).toBeGreaterThanOrEqual(100_000)
    expect(held()).toBe(0)
    await expect(uploadOf(kilobytes(151), () => Promise.reject(new Error('not called')), reserve)).rejects.toMatchObject({
      code: 'file_too_large',
    })
    expect(held()).toBe(0)
  })

  it('gives its memory back when the storage fails or the source breaks off', async () => {
    const { reserve, held } = memory(1_000_000)
    await expect(uploadOf(kilobytes(100), () => Promise.reject(new Error('disk full')), reserve)).rejects.toThrow('disk full')
    const broken = kilobytes(100, (c) => c.error(new Error('lost')))
    await expect(uploadOf(broken, () => Promise.reject(new Error('not called')), reserve)).rejects.toMatchObject({
      code: 'source_unavailable',
    })
    expect(held()).toBe(0)
  })
})
