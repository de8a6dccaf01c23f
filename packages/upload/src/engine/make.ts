import { createCorePool } from '../../../../src/adapters/core-pool.ts'
import { limitsSchema, memorySchema } from '../../../../src/config/limits.ts'
import { AppError } from '../../../../src/errors.ts'
import { parseImageQuery } from '../../../../src/http/dialects/bytescale/image-query/parse.ts'
import { codec, FORMAT_NAMES, type FormatName, planInputs, type TransformPlan } from '../../../../src/image/plan.ts'
import { uprightShape } from '../../../../src/image/orientation.ts'
import type { LoadFont } from '../../../../src/image/text/families.ts'
import type { WasmModules } from '../../../../src/image/wasm.ts'
import { createRunAlone } from '../../../../src/service/render/alone/run-alone.ts'
import type { EngineLimits, LayerSource, Made, Notice, Order, Parameters } from './order.ts'
import { withoutPlace } from './without-place.ts'

export interface MakeDeps {
  readonly wasm: WasmModules
  readonly font: LoadFont
  /** A picture as the browser decodes it, as a file that the engine reads; `null` when it cannot. */
  readonly decodeByBrowser: (file: Blob, maxPixels: number) => Promise<Uint8Array | null>
  readonly fetch: (url: string, init: { readonly headers: Readonly<Record<string, string>> }) => Promise<Response>
}

const DEFAULTS: EngineLimits = { ...limitsSchema.parse({}), memoryBytes: memorySchema.parse({}).totalBytes }

/** Makes what is sent of a file. For one order at a time. @returns what throws AppError for a file of which nothing may be sent. */
export function createMake(deps: MakeDeps): (order: Order) => Promise<Made> {
  const { openContext } = createCorePool(deps.wasm, deps.font)

  async function render(bytes: Uint8Array, plan: TransformPlan, limits: EngineLimits, layers: LayerSource | null): Promise<Made> {
    const files = new Map([['', bytes]])
    for (const { path } of planInputs(plan)) if (!files.has(path)) files.set(path, await fetchLayer(deps, path, layers))
    const { memoryBytes } = limits
    const sourceOf = (path: string) => ({ path, size: files.get(path)?.length ?? 0, etag: '' })
    const run = createRunAlone({ limits, memoryBytes, openContext, readFile: async ({ path }) => files.get(path) ?? new Uint8Array() })
    const inputs = [...files.keys()].filter((path) => path !== '').map(sourceOf)
    const { body, mime, warnings } = await run({ source: sourceOf(''), inputs, plan })
    const own = body.slice() // memory of WebAssembly cannot be handed over
    return { ...describe(own, mime), body: own, notice: null, warnings }
  }

  async function original(file: Blob, bytes: Uint8Array, stripLocation: boolean, notice: Notice | null): Promise<Made> {
    const format = sniff(bytes)
    const mime = format === null ? file.type : codec(format).mime
    const untouched: Made = { ...describe(bytes, mime), extension: null, body: null, notice, warnings: [] }
    if (!stripLocation) return untouched
    const bare = format === null ? null : await strip(bytes, format)
    if (bare === null) throw new AppError('unsupported_format', { reason: notWithout(format) })
    return bare === bytes ? untouched : { ...untouched, body: bare.slice() }
  }

  async function strip(bytes: Uint8Array, format: FormatName): Promise<Uint8Array | null> {
    const { context, release } = openContext()
    let isHealthy = false
    try {
      const bare = withoutPlace(bytes, format, { core: await context.core() })
      isHealthy = true
      return bare
    } finally {
      await release(isHealthy)
    }
  }

  return async function make({ file, parameters, stripLocation, limits: given, layers }) {
    const limits = given ?? DEFAULTS
    if (file.size > limits.maxFileBytes)
      throw new AppError('file_too_large', { reason: `Expected at most ${limits.maxFileBytes} bytes, received ${file.size}.` })
    const bytes = new Uint8Array(await file.arrayBuffer())
    if (parameters === null) return original(file, bytes, stripLocation, null)
    const plan = planOf(parameters, stripLocation)
    try {
      return await render(bytes, plan, limits, layers)
    } catch (thrown) {
      const error = AppError.from(thrown)
      if (error.code !== 'unsupported_format') throw error
      const decoded = await deps.decodeByBrowser(file, limits.maxPixels)
      if (!decoded) return original(file, bytes, stripLocation, { code: 'original', message: error.publicText })
      // Its pixels as a file: only here they count as one.
      const wider = { ...limits, maxFileBytes: decoded.length, memoryBytes: limits.memoryBytes + decoded.length }
      const message = 'The browser has decoded the picture, not the engine: the service’s bytes may differ.'
      return { ...(await render(decoded, plan, wider, layers)), notice: { code: 'browser_decoded', message } }
    }
  }
}

/** @throws AppError for parameters that make no picture. */
function planOf(parameters: Parameters, stripLocation: boolean): TransformPlan {
  const { plan } = parseImageQuery(parameters)
  if (plan.info) throw new AppError('invalid_parameter', { field: 'f', reason: 'Expected a format of pictures, received "json".' })
  const { output } = plan
  return stripLocation && output.metadata === 'keep' ? { ...plan, output: { ...output, metadata: 'unlocated' } } : plan
}

async function fetchLayer({ fetch }: MakeDeps, path: string, layers: LayerSource | null): Promise<Uint8Array> {
  const url = layers && `${layers.url}${path.split('/').map(encodeURIComponent).join('/')}`
  const response = url && (await fetch(url, { headers: { Authorization: `Bearer ${layers.key}` } }))
  if (!response || !response.ok) throw new AppError('file_not_found', { field: 'image', reason: `The layer ${path} could not be read.` })
  return new Uint8Array(await response.arrayBuffer())
}

const sniff = (bytes: Uint8Array): FormatName | null => FORMAT_NAMES.find((name) => codec(name).sniff(bytes.subarray(0, 4096))) ?? null

function describe(bytes: Uint8Array, mime: string): Pick<Made, 'mime' | 'extension' | 'width' | 'height'> {
  const format = sniff(bytes)
  if (format === null) return { mime, extension: null, width: 0, height: 0 }
  return { mime, extension: codec(format).extension, ...shapeOf(bytes, format) }
}

/** @throws AppError `invalid_image`. */
function shapeOf(bytes: Uint8Array, format: FormatName): Pick<Made, 'width' | 'height'> {
  try {
    const probe = codec(format).probe(bytes)
    const { width, height } = uprightShape(probe, probe.orientation)
    return { width, height }
  } catch (thrown) {
    if (AppError.from(thrown).code === 'unsupported_format') return { width: 0, height: 0 } // a variant that is not read
    throw thrown
  }
}

const notWithout = (format: FormatName | null): string =>
  format === null
    ? 'Expected a picture; the place cannot be taken out of any other file.'
    : `The place cannot be taken out of this ${format.toUpperCase()} without decoding it, which is not possible here.`
