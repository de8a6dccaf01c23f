import { expect, it } from 'vitest'
import { AppError, ERROR_CODES } from '../../../../src/errors.ts'
import { step } from '../../../../src/image/plan.ts'
import { createByteReader } from '../../../../src/service/files/content/byte-reader.ts'
import { encodeHead, errorFromWire, errorToWire, readAnswerHead, readTask } from '../../../../src/service/render/renderers/wire.ts'

/** A stream in chunks of so many bytes. */
const streamOf = (bytes: Uint8Array, chunk: number): ReadableStream<Uint8Array> =>
  new ReadableStream({
    type: 'bytes',
    start(controller) {
      for (let i = 0; i < bytes.length; i += chunk) controller.enqueue(bytes.slice(i, i + chunk))
      controller.close()
    },
  })

it.each([1, 3, 7, 1000])('heads and what follows them are read from chunks of %i bytes', async (chunk) => {
  const task = {
    lane: 'batch' as const,
    engine: 'second' as const,
    plans: [{ steps: [step('resize', { width: 5 })], output: { format: 'webp' as const, quality: 71, effort: 3 }, page: 2 }],
    files: [{ path: '/ä/漢.jpg', size: 3 }],
  }
  const fault = { fault: { path: '/ä/漢.jpg', sha256: 'aa', fault: 'unreachable', outcome: 'ok' as const } }
  const end = { end: true as const, timings: [['fetch', 4] as [string, number]], notes: [] }
  const bytes = new Uint8Array([...encodeHead(task), 1, 2, 3, ...encodeHead(fault), ...encodeHead(end)])
  const reader = createByteReader(streamOf(bytes, chunk))
  expect(await readTask(reader)).toEqual(task)
  expect(await reader.take(3)).toEqual(new Uint8Array([1, 2, 3]))
  expect(await readAnswerHead(reader)).toEqual(fault)
  expect(await readAnswerHead(reader)).toEqual(end)
  await expect(reader.take(1)).rejects.toThrow('ended early')
})

it.each([
  ['an endless head', new Uint8Array([255, 255, 255, 255])],
  ['no JSON', new Uint8Array([0, 0, 0, 1, 123])],
  ['another answer', new Uint8Array([0, 0, 0, 2, 123, 125])],
  ['half a length', new Uint8Array([0, 0])],
])('refuses %s', async (_, bytes) => {
  await expect(readAnswerHead(createByteReader(streamOf(bytes, 100)))).rejects.toThrow()
})

it.each(ERROR_CODES)('an error %s arrives as it left', (code) => {
  for (const context of [{}, { field: 'w', reason: 'Expected 1, received 2.', detail: 'for the log' }]) {
    const sent = new AppError(code, context)
    const arrived = errorFromWire(JSON.parse(JSON.stringify(errorToWire(sent))) as never)
    expect({ ...arrived, text: arrived.publicText, message: arrived.message }).toEqual({
      ...sent,
      text: sent.publicText,
      message: sent.message,
    })
  }
})
