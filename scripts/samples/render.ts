import { URL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { develop, type Negative } from './develop.ts'
import type { Frame, Scene } from './scene.ts'
import { scenes, type SceneName } from './scenes.ts'
import { soften } from './soften.ts'

/** An upright picture: 8-bit sRGB, three bytes a pixel, rows from the top. */
export type Picture = { readonly width: number; readonly height: number; readonly rgb: Uint8Array }

export type RenderOptions = {
  readonly seed?: number
  readonly threads?: number
  /** Hears every tenth of the columns that several threads have painted, as a share of all. */
  readonly progress?: (done: number) => void
}

/** A thread reports every so many columns. */
export const COLUMNS_PER_REPORT = 64

/** A sample counts for at most this much light, so that one glint in a pixel does not leave a hard edge. */
const BRIGHTEST_SAMPLE = 6

/** Paints the columns from `from` to `to` into `light`, which holds the whole frame; averages the samples of each pixel. */
export function paintColumns<World>(scene: Scene<World>, world: World, frame: Frame, from: number, to: number, light: Float32Array): void {
  const { width, height, samplesPerSide } = frame
  const paint = scene.painter(world, frame)
  const column = new Float32Array(height * samplesPerSide * 3)
  const share = 1 / (samplesPerSide * samplesPerSide)
  for (let x = from; x < to; x++) {
    for (let sample = 0; sample < samplesPerSide; sample++) {
      paint((x + (sample + 0.5) / samplesPerSide) / width, column)
      for (let row = 0, c = 0; row < height * samplesPerSide; row++) {
        const i = (Math.floor(row / samplesPerSide) * width + x) * 3
        for (let channel = 0; channel < 3; channel++) light[i + channel]! += share * Math.min(BRIGHTEST_SAMPLE, column[c++]!)
      }
    }
  }
}

/** Four samples a pixel up to 4 megapixels; above that the grain hides what one sample leaves. */
function frameOf(width: number, height: number): Frame {
  return { width, height, samplesPerSide: width * height > 4e6 ? 1 : 2 }
}

async function inThreads(
  name: SceneName,
  world: unknown,
  frame: Frame,
  light: Float32Array<SharedArrayBuffer>,
  { threads = 1, progress }: RenderOptions,
): Promise<void> {
  let painted = 0
  const hear = (columns: number): void => {
    const tenths = Math.floor((10 * painted) / frame.width)
    painted += columns
    if (Math.floor((10 * painted) / frame.width) > tenths) progress?.(painted / frame.width)
  }
  const strip = Math.ceil(frame.width / threads)
  const jobs = Array.from({ length: threads }, (_, n) => {
    const workerData = { name, world, frame, light, from: n * strip, to: Math.min(frame.width, (n + 1) * strip) }
    const worker = new Worker(new URL('./render-worker.ts', import.meta.url), { workerData })
    return new Promise<void>((resolve, reject) => {
      worker.on('message', hear)
      worker.once('error', reject)
      worker.once('exit', (code) => (code === 0 ? resolve() : reject(new Error(`The painting thread ended with code ${code}.`))))
    })
  })
  await Promise.all(jobs)
}

/** Renders a scene. The same name, size and seed give the same bytes, whatever the number of threads. */
export async function render(name: SceneName, width: number, height: number, options: RenderOptions = {}): Promise<Picture> {
  const scene: Scene<unknown> = scenes[name]
  const { seed = scene.seed, threads = 1 } = options
  const frame = frameOf(width, height)
  const world = scene.prepare(seed)
  const light = new Float32Array(new SharedArrayBuffer(width * height * 12))
  if (threads > 1) await inThreads(name, world, frame, light, options)
  else paintColumns(scene, world, frame, 0, width, light)
  const negative: Negative = { width, height, light }
  soften(negative)
  return { width, height, rgb: develop(negative, scene.exposure, scene.grain, seed) }
}
