import { describe, expect, it } from 'vitest'
import { breakable } from '../../../../src/service/files/content/breakable.ts'

/** A stream of pieces of these lengths, which ends or breaks off behind them. `cancelled` tells whether nobody reads on. */
function pieces(lengths: readonly number[], error?: Error) {
  const left = [...lengths]
  const seen = { cancelled: false }
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        const length = left.shift()
        if (length !== undefined) controller.enqueue(new Uint8Array(length))
        else if (error) controller.error(error)
        else controller.close()
      },
      cancel: () => void (seen.cancelled = true),
    },
    { highWaterMark: 0 },
  )
  return { stream, seen }
}

const read = async (stream: ReadableStream<Uint8Array>): Promise<number> => (await new Response(stream).arrayBuffer()).byteLength
const failure = (cause?: unknown): Error => new Error('named', { cause })

describe('a stream that may break off', () => {
  it.each<[lengths: number[], size: number | null]>([
    [[3, 4], 7],
    [[3, 4], null],
    [[], 0],
    [[], null],
  ])('%j with %s bytes promised is read whole', async (lengths, size) => {
    expect(await read(breakable(pieces(lengths).stream, size, failure))).toBe(lengths.reduce((sum, length) => sum + length, 0))
  })

  it.each<[lengths: number[], size: number, goesOn: boolean]>([
    [[3, 4], 8, false],
    [[3, 4, 5], 6, true],
    [[1, 5], 0, true],
  ])('%j with %i bytes promised fails by its name', async (lengths, size, goesOn) => {
    const { stream, seen } = pieces(lengths)
    await expect(read(breakable(stream, size, failure))).rejects.toThrow('named')
    expect(seen.cancelled).toBe(goesOn)
  })

  it.each([null, 7])('keeps the cause when it breaks (%s bytes promised)', async (size) => {
    const cause = new Error('connection lost')
    await expect(read(breakable(pieces([3], cause).stream, size, failure))).rejects.toMatchObject({ message: 'named', cause })
  })

  it('is cancelled with its reader', async () => {
    const { stream, seen } = pieces([3, 4])
    await breakable(stream, 7, failure).cancel()
    expect(seen.cancelled).toBe(true)
  })
})
