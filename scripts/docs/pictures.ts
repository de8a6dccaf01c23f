import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { codec, step, type OperationName, type Step } from '../../src/image/plan.ts'
import { NO_INPUTS } from '../../src/image/context.ts'
import type { Raster } from '../../src/image/raster.ts'
import { applyStepsWith, decodeAs, encodeAs } from '../../test/support/apply-steps.ts'
import { openImageContext } from '../../test/support/image-context.ts'

const SAMPLES = resolve(import.meta.dirname, '../../samples')
const WIDTH = 320

/** The sample picture in the size of the reference. */
export async function openSample(name: string): Promise<Raster> {
  const { context, release } = openImageContext()
  const file = new Uint8Array(readFileSync(resolve(SAMPLES, name)))
  const probe = codec('jpeg').probe(file)
  const height = Math.round((probe.height * WIDTH) / probe.width)
  const window = { x: 0, y: 0, width: probe.width, height: probe.height }
  const raster = await decodeAs(context, 'jpeg', file, { window, width: WIDTH, height, kernel: 'lanczos3' })
  await release(true)
  return raster
}

/** Some operations change nothing in a plain photograph: these steps prepare one for them. */
const PREPARED: Partial<Record<OperationName, readonly Step[]>> = {
  flatten: [step('roundCorners', { radius: 80 })],
  trim: [step('extend', { top: 20, right: 45, bottom: 30, left: 25, background: '204060ff' })],
  unletterbox: [step('extend', { top: 30, bottom: 30, background: '000000ff' })],
  normalize: [step('contrast', { level: -40 })],
}

export const prepared = (op: OperationName): readonly Step[] => PREPARED[op] ?? []

/** Runs steps and encodes the result as a small JPEG on white. */
export async function drawPicture(sample: Raster, steps: readonly Step[], logo: Raster): Promise<Uint8Array> {
  const { context, release } = openImageContext()
  const result = await applyStepsWith(context, sample, [...steps, step('flatten', {})], { ...NO_INPUTS, inputs: [logo] })
  const file = await encodeAs(context, 'jpeg', result, { quality: 72 })
  await release(true)
  return file
}

/** What `/logo.png` is in the reference: the sample itself, small and round. */
export async function drawLogo(sample: Raster): Promise<Raster> {
  const { context, release } = openImageContext()
  const steps = [step('cover', { width: 72, height: 72 }), step('tint', { colour: 'ff8800ff' }), step('roundCorners', { radius: 36 })]
  const logo = await applyStepsWith(context, sample, steps)
  await release(true)
  return logo
}
