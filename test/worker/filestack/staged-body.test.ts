import { env } from 'cloudflare:workers'
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createR2ChunkStore } from '../../../src/adapters/parts/r2-chunk-store.ts'
import type { Env } from '../../../src/env.ts'
import { createStageBody, createStagedSweep, STAGED_BYTES } from '../../../src/service/handles/staged-body.ts'
import { ACCOUNT } from '../support/client.ts'
import { OPEN, outcome, send, store } from '../support/filestack.ts'
import { bytesOf, bytesOfHandle, sha256 } from '../support/filestack-upload.ts'

const bindings = env as never as Env
const chunks = createR2ChunkStore(bindings.FILES)
const stagedObjects = async (): Promise<number> => (await bindings.FILES.list({ prefix: '.uploads/staged-' })).objects.length
const random = (length: number): Uint8Array => crypto.getRandomValues(new Uint8Array(length))

/** A stage that counts the memory which it holds. */
function counted(now = Date.now(), most = 500_000_000) {
  const memory = { held: 0, peak: 0 }
  const reserve = (bytes: number) => {
    memory.held += bytes
    memory.peak = Math.max(memory.peak, memory.held)
    return { release: () => void (memory.held -= bytes) }
  }
  return { memory, stageBody: createStageBody({ chunks, reserve, maxUploadBytes: () => most, clock: { now: () => now }, random }) }
}

function streamOf(bytes: Uint8Array, pieceBytes: number, fails = false): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) return fails ? controller.error(new Error('It broke off.')) : controller.close()
      controller.enqueue(bytes.subarray(at, (at += pieceBytes)))
    },
  })
}

describe('a body of unknown length', () => {
  it.each([0, 1, STAGED_BYTES - 1, STAGED_BYTES, STAGED_BYTES + 1, 3 * STAGED_BYTES + 5])(
    'of %i bytes is told with its length, and held in a part',
    async (size) => {
      const bytes = bytesOf(size, 3)
      const { memory, stageBody } = counted()
      const { body, release } = await stageBody(streamOf(bytes, 100_000), ACCOUNT)
      if (body instanceof Uint8Array) throw new Error('Expected a stream.')
      expect(body.size).toBe(size)
      expect(sha256(new Uint8Array(await new Response(body.stream).arrayBuffer()))).toBe(sha256(bytes))
      expect(memory.peak).toBeLessThanOrEqual(STAGED_BYTES + 200_000)
      await release()
      expect([memory.held, await stagedObjects()]).toEqual([0, 0])
    },
  )

  it('that is too large or breaks off leaves nothing', async () => {
    const bytes = bytesOf(2 * STAGED_BYTES)
    const small = counted(Date.now(), STAGED_BYTES + 10)
    await expect(small.stageBody(streamOf(bytes, 1_000_000), ACCOUNT)).rejects.toMatchObject({ code: 'file_too_large' })
    const broken = counted()
    await expect(broken.stageBody(streamOf(bytes, 1_000_000, true), ACCOUNT)).rejects.toThrow('broke off')
    expect([small.memory.held, broken.memory.held, await stagedObjects()]).toEqual([0, 0, 0])
  })

  it('whose reader died is swept after an hour, and not before', async () => {
    const [old, young] = [counted(Date.now() - 3_700_000), counted()]
    for (const { stageBody } of [old, young]) await stageBody(streamOf(bytesOf(STAGED_BYTES + 1), 1_000_000), ACCOUNT)
    expect(await stagedObjects()).toBe(2)
    await createStagedSweep({ chunks, clock: { now: () => Date.now() } })()
    expect(await stagedObjects()).toBe(1)
    await createStagedSweep({ chunks, clock: { now: () => Date.now() + 3_700_000 } })()
    expect(await stagedObjects()).toBe(0)
  })
})

describe('base64 of more than a part', () => {
  const bytes = bytesOf(20_000_001, 5)
  const text = Buffer.from(bytes).toString('base64')
  it('becomes the file, whatever the memory', async () => {
    const { handle, size } = await store(OPEN, text, 'base64decode=true&filename=large.bin', { 'Content-Type': 'application/octet-stream' })
    expect(size).toBe(bytes.length)
    expect(
      createHash('sha256')
        .update(await bytesOfHandle(handle))
        .digest('hex'),
    ).toBe(sha256(bytes))
    expect(await stagedObjects()).toBe(0)
  })
  it('that is damaged at its end is 400, and nothing of it is left', async () => {
    expect(await outcome(await send(OPEN, `${text.slice(0, 16_000_000)}*`, 'base64decode=true', { 'Content-Type': 'text/plain' }))).toMatch(
      /^400 /,
    )
    expect(await stagedObjects()).toBe(0)
  })
})
