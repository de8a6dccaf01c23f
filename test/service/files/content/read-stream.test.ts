import { expect, it } from 'vitest'
import { readStream } from '../../../../src/service/files/content/read-stream.ts'

const stream = (pull: (controller: ReadableStreamDefaultController<Uint8Array>) => void): ReadableStream<Uint8Array> =>
  new ReadableStream({ pull })

it('a stream of the storage is read whole, and one that breaks off is an error of the storage', async () => {
  let left = 3
  const whole = stream((controller) => (left-- > 0 ? controller.enqueue(Uint8Array.of(left)) : controller.close()))
  expect([...(await readStream(whole))]).toEqual([2, 1, 0])
  let sent = false
  const broken = stream((controller) => {
    if (sent) controller.error(new Error('the network went away'))
    else controller.enqueue(Uint8Array.of(1))
    sent = true
  })
  await expect(readStream(broken)).rejects.toMatchObject({ code: 'storage_unavailable', fault: { status: 502 } })
})
