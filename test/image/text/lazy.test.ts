import { expect, it } from 'vitest'
import { createCorePool } from '../../../src/adapters/core-pool.ts'
import { step, type Step } from '../../../src/image/plan.ts'
import { applyStepsWith } from '../../support/apply-steps.ts'
import { fontFromDisk, wasmFromDisk } from '../../support/image-context.ts'

/** What a step loads beside the core. */
async function loadedBy(wish: Step): Promise<string[]> {
  const loaded: string[] = []
  const note = <T>(name: string, load: () => Promise<T>): Promise<T> => {
    loaded.push(name)
    return load()
  }
  const wasm = { ...wasmFromDisk, resvg: () => note('resvg', wasmFromDisk.resvg) }
  const { context } = createCorePool(wasm, (name) => note(name, () => fontFromDisk(name))).openContext()
  const raster = { width: 20, height: 10, data: new Uint8ClampedArray(800) }
  await applyStepsWith(context, raster, [wish])
  return loaded
}

it('the renderer and one font are loaded by the first text, and by nothing else', async () => {
  expect(await loadedBy(step('blur', { sigma: 2 }))).toEqual([])
  expect(await loadedBy(step('text', { text: 'x', font: 'serif', weight: 800 }))).toEqual(['serif-bold', 'resvg'])
  expect(await loadedBy(step('text', { text: 'y', font: 'mono' }))).toEqual(['mono-regular'])
})
