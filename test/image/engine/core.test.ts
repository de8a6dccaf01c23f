import { expect, it } from 'vitest'
import { createCore } from '../../../src/image/engine/core.ts'
import { coreModule } from '../../support/core-module.ts'

it('a core gives no more than 96 MiB of memory, and is of use after it has refused', async () => {
  const core = createCore(await coreModule())
  expect(core.alloc(90 * 1024 * 1024)).toBeGreaterThan(0)
  expect(() => core.alloc(8 * 1024 * 1024)).toThrow(expect.objectContaining({ code: 'too_many_pixels' }))
  core.release(0)
  expect(core.alloc(1024)).toBeGreaterThanOrEqual(0)
  expect(core.size()).toBeLessThanOrEqual(96 * 1024 * 1024)
})
