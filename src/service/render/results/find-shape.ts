import { AppError } from '../../../errors.ts'
import { DEFAULT_OUTPUT, type TransformPlan } from '../../../image/plan.ts'
import type { Shape } from '../../../image/raster.ts'
import { readStream } from '../../files/content/read-stream.ts'
import type { RecentFiles } from '../../files/recent-files.ts'
import type { Defer } from '../../ports.ts'
import type { Render, RenderRequest } from './render-request.ts'
import type { Timings } from '../timings.ts'

/** Whose shape is asked for, and for whom. */
export type ShapeRequest = Pick<RenderRequest, 'account' | 'path' | 'standing' | 'cache' | 'isGone'>

/** The size of the upright picture, in pixels, behind the rules of its folder. @throws AppError `file_not_found`, and those of `render`. */
export type FindShape = (request: ShapeRequest, timings: Timings, defer: Defer) => Promise<Shape>

/** Enough for the pictures that an isolate shows at one time. */
const MAX_REMEMBERED = 5000

const PLAN: TransformPlan = { steps: [], output: DEFAULT_OUTPUT, info: ['result'] }

/** Reads headers once for each version of a file and each standing: a dialect whose words depend on the size asks for every tile. */
export function createFindShape(recent: Pick<RecentFiles, 'find'>, render: Render): FindShape {
  /** The oldest first. */
  const known = new Map<string, Shape>()
  return async (request, timings, defer) => {
    const { account, path, standing } = request
    const file = await timings.measure('head', () => recent.find(account, path))
    if (!file) throw new AppError('file_not_found', { field: path })
    const key = [account, path, file.etag, standing.kind, standing.folder].join('\n')
    const shape = known.get(key)
    if (shape) return shape
    const { body } = await render({ ...request, plan: PLAN }, timings, defer)
    const text = new TextDecoder().decode(body instanceof Uint8Array ? body : await readStream(body))
    const { result } = JSON.parse(text) as { readonly result: Shape } // as the plan asks
    known.set(key, result)
    if (known.size > MAX_REMEMBERED) known.delete(known.keys().next().value ?? '')
    return result
  }
}
