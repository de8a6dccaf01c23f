import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { createCorePool } from '../../src/adapters/core-pool.ts'
import { NO_INPUTS } from '../../src/image/context.ts'
import { execute } from '../../src/image/execute.ts'
import { step, type Step, type TransformPlan } from '../../src/image/plan.ts'
import { planExecution } from '../../src/image/planner.ts'
import type { WasmModules } from '../../src/image/wasm.ts'
import { BLUR_SIGMA, COLOUR, CONTRAST_LEVEL, type Effects, type Engine, type Job, QUALITY, TEXT } from '../job.ts'
import { wasmFile } from './wasm-file.ts'

const LIMITS = { maxSteps: 10, maxPixels: 1e9, maxSide: 20_000 }

const modules = new Map<string, WebAssembly.Module>()
const load = (path: string) => async (): Promise<WebAssembly.Module> => {
  const module = modules.get(path) ?? wasmFile(path)
  modules.set(path, module)
  return module
}
const wasm: WasmModules = {
  core: load('build/core.wasm'),
  jpegEncoder: load('node_modules/@jsquash/jpeg/codec/enc/mozjpeg_enc.wasm'),
  avifDecoder: load('node_modules/@jsquash/avif/codec/dec/avif_dec.wasm'),
  avifEncoder: load('node_modules/@jsquash/avif/codec/enc/avif_enc.wasm'),
  heicDecoder: load('build/libheif.wasm'),
  jxlDecoder: load('node_modules/icodec/dist/jxl-dec.wasm'),
  jxlEncoder: load('node_modules/@jsquash/jxl/codec/enc/jxl_enc.wasm'),
  webpDecoder: load('node_modules/@jsquash/webp/codec/dec/webp_dec.wasm'),
  webpEncoder: load('node_modules/@jsquash/webp/codec/enc/webp_enc_simd.wasm'),
  jpegDecoder: load('node_modules/@jsquash/jpeg/codec/dec/mozjpeg_dec.wasm'),
  png: load('node_modules/@jsquash/png/codec/pkg/squoosh_png_bg.wasm'),
  resizer: load('node_modules/@jsquash/resize/lib/resize/pkg/squoosh_resize_bg.wasm'),
  resvg: load('node_modules/@resvg/resvg-wasm/index_bg.wasm'),
}

const FONTS = resolve(import.meta.dirname, '../../src/image/fonts')
const pool = createCorePool(wasm, async (name) => new Uint8Array(readFileSync(resolve(FONTS, `${name}.ttf`))))

/** The steps of each chain behind the scaling. */
const EFFECTS: Readonly<Record<Effects, readonly Step[]>> = {
  none: [],
  colour: [step('blur', { sigma: BLUR_SIGMA }), step('modulate', COLOUR)],
  text: [
    step('blur', { sigma: BLUR_SIGMA }),
    step('contrast', { level: CONTRAST_LEVEL }),
    step('text', {
      text: TEXT.text,
      size: TEXT.size,
      colour: `${TEXT.colour}ff`,
      position: 'top-left',
      x: TEXT.left,
      y: TEXT.top,
    }),
  ],
}

function planOf({ width, format, effects }: Job): TransformPlan {
  const steps = [step('resize', { width }), ...EFFECTS[effects]]
  return { steps, output: { format, quality: QUALITY } }
}

/** This product: what the service does between reading a source and storing a result. */
export const emulsion: Engine = {
  name: 'emulsion',
  can: () => true,
  async run(file, job) {
    const { context, release } = pool.openContext()
    const execution = planExecution(planOf(job), file, LIMITS)
    const { source, output, steps, geometry } = execution
    const { body } = await execute(
      execution,
      file,
      steps.map(() => NO_INPUTS),
      context,
      async (_phase, work) => work(),
    )
    await release(true)
    // Planes go from JPEG to JPEG without a raster; every step holds its input and its output.
    const rasters = steps.length > 0 ? 2 : source === 'jpeg' && output.format === 'jpeg' ? 0 : 1
    return { bytes: body, pixelBytes: rasters * geometry.width * geometry.height * 4 }
  },
}
