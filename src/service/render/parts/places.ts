import { AppError, type ErrorCode } from '../../../errors.ts'
import { jpegPlaces, mayHavePlaces } from '../../../image/codecs/jpeg/parts.ts'
import { openRowsContext } from '../../../image/execute.ts'
import { type McuPlaces, packPlaces, unpackPlaces } from '../../../image/engine/jpeg/parts/places.ts'
import { readStream } from '../../files/content/read-stream.ts'
import { readHead, readWhole } from '../../files/content/read-whole.ts'
import type { RecentFiles, SourceFile } from '../../files/recent-files.ts'
import type { HashText, Log, ResultStore, Wait } from '../../ports.ts'
import { compute } from '../compute.ts'
import type { RunByHeadDeps } from '../run-by-head.ts'
import type { Ticket } from '../ticket.ts'
import type { Timings } from '../timings.ts'

export interface PlacesDeps extends RunByHeadDeps {
  readonly recent: Pick<RecentFiles, 'lookUp'>
  readonly results: ResultStore
  readonly hash: HashText
  readonly wait: Wait
  readonly log: Log
  readonly maxFileBytes: number
}

/** The places of a file; `null`: it is read whole. */
export type FindPlacesOf = (account: string, source: SourceFile, ticket: Ticket, timings: Timings) => Promise<McuPlaces | null>

/** A change of what is kept, or of how it is found, changes it. */
const VERSION = 'places of MCUs 1'
const MIME = 'application/octet-stream'
/** Half a megabyte each, at most. */
const MAX_REMEMBERED = 8
/** Files that have none are a word each. */
const MAX_REFUSED = 1000
/** Beside the file: the core's buffers, and what is found. */
const WORKING_BYTES = 4_000_000
/** A header, without its pictures of other sizes. */
const HEAD_BYTES = 200_000
/** Errors of the file or of the moment, not of this work. */
const OF_THE_MOMENT: readonly ErrorCode[] = ['abandoned', 'file_changed', 'file_not_found', 'overloaded', 'storage_unavailable']
/** Who waits longer for another request's work takes the whole file. */
const MAX_WAIT_MS = 10_000

/**
 * Finds the places at which a JPEG can be entered: in memory, in the result bucket below the path of the file, or by reading it once. They go when results of the file go: it
 * was replaced, deleted, or purged.
 */
export function createFindPlaces(deps: PlacesDeps): FindPlacesOf {
  /** The oldest first. */
  const known = new Map<string, McuPlaces>()
  const refused = new Set<string>()
  const under = new Map<string, Promise<McuPlaces | null>>()

  return async (account, source, ticket, timings) => {
    const name = `${account}${source.path} ${source.etag}`
    const remembered = known.get(name)
    if (remembered) return remembered
    if (refused.has(name)) return null
    const running = under.get(name)
    // Its client may go, and with it the work.
    if (running) return (await Promise.race([running.catch(() => null), deps.wait(MAX_WAIT_MS)])) ?? null
    const finding = keptOrFound(account, source, ticket, timings)
      .catch(orWhole)
      .finally(() => {
        if (under.get(name) === finding) under.delete(name)
      })
    under.set(name, finding)
    const places = await finding
    if (!places) remember(refused, name, MAX_REFUSED)
    else {
      known.set(name, places)
      if (known.size > MAX_REMEMBERED) known.delete(known.keys().next().value ?? '')
    }
    return places
  }

  /** What fails here fails no request: the whole file may do, and if not it says so itself. */
  function orWhole(thrown: unknown): null {
    const { code, message } = AppError.from(thrown)
    if (OF_THE_MOMENT.includes(code)) throw thrown
    deps.log({ level: 'warn', message: 'no places of a file', code, detail: message })
    return null
  }

  async function keptOrFound(account: string, source: SourceFile, ticket: Ticket, timings: Timings): Promise<McuPlaces | null> {
    const key = await deps.hash(`${VERSION}\n${source.etag}`)
    const kept = await timings.measure('store', () => deps.results.get(account, source.path, key)).catch(() => null)
    if (kept) return unpackPlaces(kept.body instanceof Uint8Array ? kept.body : await readStream(kept.body))
    const head = await timings.measure('fetch', () => readHead(deps.files, account, source, HEAD_BYTES))
    if (!mayHavePlaces(head)) return null
    const places = await find(account, source, ticket, timings)
    if (!places) return null
    timings.note('places', 'found')
    await keep(account, source, key, packPlaces(places)).catch((thrown: unknown) =>
      deps.log({ level: 'warn', message: 'places not kept', path: source.path, detail: String(thrown) }),
    )
    return places
  }

  async function find(account: string, source: SourceFile, ticket: Ticket, timings: Timings): Promise<McuPlaces | null> {
    const lease = await timings.measure('queue', () => deps.budget.acquire({ bytes: source.size + WORKING_BYTES }, ticket))
    try {
      const file = await timings.measure('fetch', () => readWhole(deps.files, account, source, deps.maxFileBytes))
      const found = await compute(deps, ticket, timings, (context, measure) =>
        measure('look', async () => jpegPlaces(file, await openRowsContext(context))),
      )
      return typeof found === 'string' ? null : found
    } finally {
      lease.release()
    }
  }

  /** A file that was replaced or deleted meanwhile has been purged before: what comes after goes at once. */
  async function keep(account: string, source: SourceFile, key: string, body: Uint8Array): Promise<void> {
    await deps.results.put(account, source, key, { body, size: body.length, mime: MIME, etag: key, warnings: '', engine: 'core' })
    const now = await deps.recent.lookUp(account, source.path)
    if (now?.etag !== source.etag) await deps.results.purge(account, { text: source.path, isPrefix: false }, now?.etag)
  }
}

function remember(names: Set<string>, name: string, most: number): void {
  names.add(name)
  if (names.size > most) names.delete(names.keys().next().value ?? '')
}
