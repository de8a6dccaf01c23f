import { AppError } from '../../../errors.ts'
import type { Clock, Log, Wait } from '../../ports.ts'
import type { Lane, Ticket } from '../ticket.ts'
import { createWaitingLine } from '../waiting-line.ts'
import { leastLoaded } from './choose.ts'

/** One renderer, wherever it is. */
export interface Renderer {
  readonly name: string
  /**
   * Sends a body of `size` bytes that `write` fills and closes. When `write` fails, so does the sending.
   * @returns the body of the answer.
   * @throws Error when the renderer is not there, or refuses.
   */
  send(size: number, write: (sink: WritableStream<Uint8Array>) => Promise<void>, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>
  /** Whether it answers. Does not throw. */
  isThere(): Promise<boolean>
}

/** A task's place at a renderer. */
export interface Place {
  readonly renderer: Renderer
  /** It did not do its task: nobody else goes there until it answers again. */
  failed(reason: unknown): void
  /** Releasing twice does no harm. */
  release(): void
}

export interface Renderers {
  /**
   * Waits for a place at the least loaded of the living. The smaller order goes first; requests and batches have places of their own.
   * @param failed those that failed this task already: another gets it, if one is alive.
   * @throws AppError `abandoned` when nobody wants the task any more, `overloaded` when too many requests wait, `renderer_unavailable` when none has been alive for some seconds.
   */
  take(ticket: Ticket, failed: ReadonlySet<Renderer>): Promise<Place>
  /** For the metrics. */
  alive(): number
}

export interface RenderersDeps {
  readonly clock: Clock
  readonly wait: Wait
  readonly maxWaiting: number
  readonly log: Log
}

/** A renderer that has no place left has work for longer. */
const LOOK_MS = 5
/** How long a task waits while no renderer is alive. */
const PATIENCE_MS: Readonly<Record<Lane, number>> = { request: 3000, batch: 10_000 }
/** A dead renderer is asked again after this, then after twice as long, and so on. */
const FIRST_PROBE_MS = 50
const MAX_PROBE_MS = 2000
/** A probe whose request has ended never answers. */
const MAX_ASKING_MS = 3000
/** A task whose request has ended gives nothing back. No task that is alive takes so long. */
const MAX_TASK_MS = 120_000

interface Known {
  readonly renderer: Renderer
  /** By their places, with when they began. */
  readonly tasks: Map<Place, { readonly lane: Lane; readonly since: number }>
  lastUsed: number
  death: { probeAt: number; pauseMs: number; askedAt: number } | null
}

/** Who of the renderers gets a task. One that failed is asked whether it is there before it gets another. */
export function createRenderers(all: readonly Renderer[], { clock, wait, maxWaiting, log }: RenderersDeps): Renderers {
  const known = all.map((renderer): Known => ({ renderer, tasks: new Map(), lastUsed: 0, death: null }))
  const line = () => createWaitingLine<null>(clock, wait, LOOK_MS)
  const lines = { request: line(), batch: line() }
  let uses = 0

  function dropLost({ tasks }: Known): void {
    for (const [place, { since }] of tasks) if (clock.now() - since > MAX_TASK_MS) tasks.delete(place)
  }

  function tryTake(lane: Lane, failed: ReadonlySet<Renderer>): Place | null {
    known.forEach(dropLost)
    for (const each of known) probe(each)
    const states = known.map(({ tasks, lastUsed, death }) => {
      const running = { request: 0, batch: 0 }
      for (const task of tasks.values()) running[task.lane]++
      return { running, isDead: death !== null, lastUsed }
    })
    const failedAt = new Set(known.flatMap(({ renderer }, i) => (failed.has(renderer) ? [i] : [])))
    const chosen = known[leastLoaded(states, lane, failedAt) ?? -1]
    return chosen ? placeAt(chosen, lane) : null
  }

  function placeAt(at: Known, lane: Lane): Place {
    const place: Place = {
      renderer: at.renderer,
      failed(reason) {
        if (at.death) return
        at.death = { probeAt: clock.now() + FIRST_PROBE_MS, pauseMs: FIRST_PROBE_MS, askedAt: 0 }
        log({ level: 'warn', message: 'renderer failed', renderer: at.renderer.name, detail: String(reason) })
      },
      release: () => void at.tasks.delete(place),
    }
    at.tasks.set(place, { lane, since: clock.now() })
    at.lastUsed = ++uses
    return place
  }

  /** Asks a dead renderer whether it is there again, when it is time and nobody else does. */
  function probe(one: Known): void {
    const { death } = one
    if (!death || clock.now() < death.probeAt || clock.now() - death.askedAt < MAX_ASKING_MS) return
    death.askedAt = clock.now()
    void one.renderer.isThere().then((isThere) => {
      if (isThere && one.death === death) one.death = null
      death.askedAt = 0
      death.pauseMs = Math.min(MAX_PROBE_MS, death.pauseMs * 2)
      death.probeAt = clock.now() + death.pauseMs
    })
  }

  return {
    async take(ticket, failed) {
      const { lane } = ticket
      const line = lines[lane]
      const at = ticket.order()
      const place = line.isBusyBefore(at) ? null : tryTake(lane, failed)
      if (place) return place
      const waiting = line.wishes().length
      if (waiting >= maxWaiting && lane === 'request')
        throw new AppError('overloaded', { detail: `${waiting} renders wait for a renderer` })
      let aliveAt = clock.now()
      return line.enter(ticket, at, null, () => {
        const taken = tryTake(lane, failed)
        if (known.some(({ death }) => death === null)) aliveAt = clock.now()
        if (clock.now() - aliveAt > PATIENCE_MS[lane]) throw new AppError('renderer_unavailable', { detail: 'No renderer is alive.' })
        return taken
      })
    },
    alive: () => known.filter(({ death }) => death === null).length,
  }
}
