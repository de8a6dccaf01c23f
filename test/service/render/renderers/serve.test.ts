import { expect, it } from 'vitest'
import { step } from '../../../../src/image/plan.ts'
import { createServeTask } from '../../../../src/service/render/renderers/serve.ts'
import { encodeHead } from '../../../../src/service/render/renderers/wire.ts'
import type { Lane } from '../../../../src/service/render/ticket.ts'
import { photo } from '../../../support/pictures.ts'
import { runDeps } from '../../../support/run-deps.ts'

/** What a renderer says of those that it attends, and what comes meanwhile, in order. */
async function attended(lane: Lane, file: Uint8Array, cut = 0): Promise<readonly string[]> {
  const told: string[] = []
  const deps = runDeps({} as never) // its files come with the task
  const turns: typeof deps.turns = {
    ...deps.turns,
    attend() {
      told.push('here')
      return () => void told.push('gone')
    },
  }
  const serve = createServeTask({ ...deps, turns, maxSharedBytes: 1e7 })
  const plans = [{ steps: [step('resize', { width: 20 })], output: { format: 'jpeg' as const, quality: 80 } }]
  const head = encodeHead({ lane, engine: 'auto', plans, files: [{ path: '/a.jpg', size: file.length }] })
  const body = new ReadableStream({
    type: 'bytes',
    start(controller: ReadableByteStreamController) {
      controller.enqueue(head)
    },
    pull(controller: ReadableByteStreamController) {
      told.push('file')
      controller.enqueue(file.slice(0, file.length - cut))
      controller.close()
      controller.byobRequest?.respond(0)
    },
  })
  await serve(body, () => Promise.resolve(void told.push('answer')), new AbortController().signal).catch(() => told.push('broken'))
  return told.filter((entry, i) => entry !== told[i - 1])
}

it('a request is attended from its head to its picture', async () => {
  expect(await attended('request', await photo())).toEqual(['here', 'file', 'answer', 'gone', 'answer'])
})

it('a request that breaks off, or brings no picture, is not attended for ever', async () => {
  expect(await attended('request', await photo(), 1)).toEqual(expect.arrayContaining(['here', 'gone']))
  expect(await attended('request', new Uint8Array(100))).toEqual(expect.arrayContaining(['here', 'gone']))
})

it('a batch is not attended', async () => {
  expect(await attended('batch', await photo())).toEqual(['file', 'answer'])
})
