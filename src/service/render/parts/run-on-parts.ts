import { AppError } from '../../../errors.ts'
import { mayTakePart, type PartialPlan, planOnPart } from '../../../image/codecs/jpeg/parts.ts'
import { openVersion } from '../../files/content/read-whole.ts'
import { createByteReader } from '../../files/content/byte-reader.ts'
import type { SourceFile } from '../../files/recent-files.ts'
import type { RunPlan, RunRequest } from '../run-plan.ts'
import { issueTicket, type Ticket } from '../ticket.ts'
import type { Timings } from '../timings.ts'
import { createFindPlaces, type PlacesDeps } from './places.ts'

/** A smaller file is read whole as fast. */
const LEAST_BYTES = 1_000_000

/**
 * Runs plans that cut a part out of a large JPEG on a file of that part, of whose rows alone the bytes are read. The result has the bytes that the whole file gives. All other plans
 * are for `next` as they are.
 */
export function createRunOnParts(deps: PlacesDeps, next: RunPlan): RunPlan {
  const findPlaces = createFindPlaces(deps)
  return async function run(request, timings) {
    if (!mayBePartial(request)) return next(request, timings)
    const { account, source, plan, lane, isWanted = () => true } = request
    const ticket = issueTicket(lane, deps.clock, isWanted)
    const places = await findPlaces(account, source, ticket, timings)
    const partial = places && planOnPart(plan, places)
    if (!partial) return next(request, timings)
    const content = await readPart(deps, account, source, partial, ticket, timings).catch(orWhole)
    if (!content) return next(request, timings)
    const { x, y, width, height } = partial.part.rectangle
    const etag = `${source.etag} ${[x, y, width, height].join(',')}`
    timings.note('part', `${width}x${height} of ${content.length} bytes`)
    return next({ ...request, source: { path: source.path, size: content.length, etag, content }, plan: partial.plan }, timings)
  }
}

const mayBePartial = ({ source, inputs, plan, lane }: RunRequest): boolean =>
  lane === 'request' &&
  source.size >= LEAST_BYTES &&
  source.content === undefined &&
  mayTakePart(plan) &&
  inputs.every(({ path }) => path !== source.path)

/** A part that does not fit into the memory, or is not what its places say: the whole file may do. */
function orWhole(thrown: unknown): null {
  const { code } = AppError.from(thrown)
  if (code === 'too_many_pixels' || code === 'invalid_image') return null
  throw thrown
}

/** @throws AppError `file_not_found`, `file_changed`, `storage_unavailable`, `overloaded`; `too_many_pixels` and `invalid_image` when the part cannot be had. */
async function readPart(
  deps: PlacesDeps,
  account: string,
  source: SourceFile,
  { part, write }: PartialPlan,
  ticket: Ticket,
  timings: Timings,
): Promise<Uint8Array<ArrayBuffer>> {
  const [start, end] = [part.rows[0]?.start ?? 0, part.rows.at(-1)?.end ?? 0]
  const bytes = part.rows.reduce((sum, row) => sum + row.end - row.start, 0)
  const lease = await timings.measure('queue', () => deps.budget.acquire({ bytes: 3 * bytes }, ticket))
  try {
    return await timings.measure('fetch', async () => {
      const reader = createByteReader(await openVersion(deps.files, account, source, Infinity, { start, end }))
      try {
        const writer = write()
        let [at, last] = [start, new Uint8Array()]
        for (const row of part.rows) {
          // Rows may share a byte.
          const shared = at - row.start
          if (shared < 0) await reader.take(-shared)
          const own = await reader.take(row.end - Math.max(at, row.start))
          const coded = shared > 0 ? joined(last.subarray(last.length - shared), own) : own
          writer.add(coded)
          ;[at, last] = [row.end, coded]
        }
        return writer.finish()
      } catch (cause) {
        if (cause instanceof AppError) throw cause
        throw new AppError('storage_unavailable', { cause, detail: `The storage did not give the rows of ${source.path}.` })
      } finally {
        await reader.cancel()
      }
    })
  } finally {
    lease.release()
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}
