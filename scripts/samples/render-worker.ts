import { parentPort, workerData } from 'node:worker_threads'
import { COLUMNS_PER_REPORT, paintColumns } from './render.ts'
import type { Frame, Scene } from './scene.ts'
import { scenes, type SceneName } from './scenes.ts'

/** What `render` hands over: the world and the light are shared memory, so nothing is copied in either direction. */
type Job = { name: SceneName; world: unknown; frame: Frame; light: Float32Array; from: number; to: number }

const job = workerData as Job // written by render.ts alone
const scene: Scene<unknown> = scenes[job.name]
for (let from = job.from; from < job.to; from += COLUMNS_PER_REPORT) {
  const to = Math.min(job.to, from + COLUMNS_PER_REPORT)
  paintColumns(scene, job.world, job.frame, from, to, job.light)
  parentPort?.postMessage(to - from)
}
