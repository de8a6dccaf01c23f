import { describe, expect, it } from 'vitest'
import { readWhole } from '../../../../src/service/files/content/read-whole.ts'
import type { FileStore } from '../../../../src/service/ports.ts'

const FILE = { path: '/a', size: 4, etag: '1' }

/** A storage whose file comes in these pieces, and then breaks off where an error is given. */
function storage(pieces: readonly number[][], error?: Error, etag = '1') {
  const left = [...pieces]
  const seen = { opened: 0, cancelled: false }
  const body = new ReadableStream(
    {
      type: 'bytes',
      pull(controller) {
        const piece = left.shift()
        if (piece) controller.enqueue(Uint8Array.from(piece))
        else if (error) controller.error(error)
        else {
          controller.close()
          controller.byobRequest?.respond(0)
        }
      },
      cancel: () => void (seen.cancelled = true),
    },
    { highWaterMark: 0 },
  )
  const open = () => {
    seen.opened++
    return Promise.resolve({ info: { ...FILE, etag }, body })
  }
  return { seen, files: { open } as unknown as FileStore } // nothing else is called
}

const read = ({ files }: { files: FileStore }, maxBytes = 10) => readWhole(files, 'Emu1s1n', FILE, maxBytes)

describe('a stored file', () => {
  it.each([[[[1, 2, 3, 4]]], [[[1], [2, 3], [4]]]])('is read whole from the pieces %j', async (pieces) => {
    expect([...(await read(storage(pieces)))]).toEqual([1, 2, 3, 4])
  })

  it.each<[name: string, pieces: number[][], error: Error | undefined]>([
    ['breaks off', [[1, 2]], new Error('the network went away')],
    ['breaks off at its last byte', [[1, 2, 3, 4]], new Error('the network went away')],
    ['is too short', [[1, 2]], undefined],
    ['is too long', [[1, 2], [3, 4, 5], [6]], undefined],
  ])('that %s is an error of the storage, to be tried again', async (_, pieces, error) => {
    await expect(read(storage(pieces, error))).rejects.toMatchObject({ code: 'storage_unavailable', fault: { status: 502, retry: true } })
  })

  it('that was replaced since is not read', async () => {
    const replaced = storage([[1, 2, 3, 4]], undefined, '2')
    await expect(read(replaced)).rejects.toMatchObject({ code: 'file_changed' })
    expect(replaced.seen.cancelled).toBe(true)
  })

  it('that is too large is not opened', async () => {
    const large = storage([[1, 2, 3, 4]])
    await expect(read(large, 3)).rejects.toMatchObject({ code: 'file_too_large' })
    expect(large.seen.opened).toBe(0)
  })
})
