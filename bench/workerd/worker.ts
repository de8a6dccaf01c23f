import JPEG_DECODER from '@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'
import JPEG_ENCODER from '@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm'
import decodeJpeg, { init as initJpegDecoder } from '@jsquash/jpeg/decode.js'
import encodeJpeg, { init as initJpegEncoder } from '@jsquash/jpeg/encode.js'
import decodePng, { init as initPngDecoder } from '@jsquash/png/decode.js'
import encodePng, { init as initPngEncoder } from '@jsquash/png/encode.js'
import resize, { initResize } from '@jsquash/resize'
import WEBP_ENCODER from '@jsquash/webp/codec/enc/webp_enc_simd.wasm'
import encodeWebp, { init as initWebpEncoder } from '@jsquash/webp/encode.js'
import { createCorePool } from '../../src/adapters/core-pool.ts'
import { wasmModules } from '../../src/adapters/modules/wasm-modules.ts'
import { execute } from '../../src/image/execute.ts'
import { step } from '../../src/image/plan.ts'
import { planExecution } from '../../src/image/planner.ts'
import { heightFor, type Job, QUALITY, scaling } from '../job.ts'

type Run = (file: Uint8Array<ArrayBuffer>, job: Job) => Promise<Uint8Array>

const LIMITS = { maxSteps: 10, maxPixels: 1e9, maxSide: 20_000, maxFrames: 1 }
const pool = createCorePool(wasmModules, () => Promise.reject(new Error('The jobs have no text.')))

const emulsion: Run = async (file, { width, format }) => {
  const { context, release } = pool.openContext()
  const plan = { steps: [step('resize', { width })], output: { format, quality: QUALITY } }
  const { body } = await execute(planExecution(plan, file, LIMITS), file, [], context, async (_phase, work) => work())
  await release(true)
  return body
}

/** The packages' declarations of these files do not have the module as their default export. */
const moduleOf = async (imported: Promise<unknown>): Promise<never> => ((await imported) as { default: never }).default

let isReady = false
async function startJsquash(): Promise<void> {
  if (isReady) return
  // The packages' types lack the overload for a module.
  await initJpegDecoder(JPEG_DECODER as never)
  await initJpegEncoder(JPEG_ENCODER as never)
  await initWebpEncoder(WEBP_ENCODER as never)
  const png = await moduleOf(import('@jsquash/png/codec/pkg/squoosh_png_bg.wasm'))
  await initPngDecoder(png)
  await initPngEncoder(png)
  await initResize(await moduleOf(import('@jsquash/resize/lib/resize/pkg/squoosh_resize_bg.wasm')))
  isReady = true
}

const jsquash: Run = async (file, job) => {
  await startJsquash()
  const image = await (file[0] === 0xff ? decodeJpeg(file.buffer) : decodePng(file.buffer))
  const small = await resize(image, {
    width: job.width,
    height: heightFor(job, image),
    method: 'lanczos3',
    premultiply: false,
    linearRGB: false,
  })
  if (job.format === 'jpeg') return new Uint8Array(await encodeJpeg(small, { quality: QUALITY }))
  return new Uint8Array(await (job.format === 'webp' ? encodeWebp(small, { quality: QUALITY }) : encodePng(small)))
}

/** Starts at import, for longer than some jobs take: not before it is needed. */
const photon: Run = async (file, job) => {
  const library = await import('@cf-wasm/photon/workerd')
  const image = library.PhotonImage.new_from_byteslice(file)
  const size = { width: image.get_width(), height: image.get_height() }
  const small = library.resize(image, job.width, heightFor(job, size), library.SamplingFilter.Lanczos3)
  image.free()
  const bytes = job.format === 'jpeg' ? small.get_bytes_jpeg(QUALITY) : small.get_bytes()
  small.free()
  return bytes
}

const ENGINES: Readonly<Record<string, Run>> = { emulsion, jsquash, photon }

/** Does one job `n` times on the body. A Worker's clock stands still while it computes: the caller takes the time. */
export default {
  async fetch(request) {
    const query = new URL(request.url).searchParams
    const run = ENGINES[query.get('engine') ?? '']
    if (!run) return new Response('No such engine', { status: 404 })
    const job = scaling(Number(query.get('width')), query.get('format') as Job['format'])
    const file = new Uint8Array(await request.arrayBuffer())
    let bytes = 0
    for (let i = 0; i < Number(query.get('n')); i++) bytes = (await run(file, job)).length
    return new Response(String(bytes))
  },
} satisfies ExportedHandler
