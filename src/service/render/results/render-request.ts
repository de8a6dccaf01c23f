import type { TransformPlan } from '../../../image/plan.ts'
import type { SourceFile } from '../../files/recent-files.ts'
import type { CachedResult, Defer } from '../../ports.ts'
import type { Standing } from '../../protection/standing.ts'
import type { Lane } from '../ticket.ts'
import type { Timings } from '../timings.ts'

export type Tier = 'edge' | 'store' | 'miss'

export interface CachePolicy {
  /** False: neither look up nor keep anything. */
  readonly use: boolean
  /** True: a result that no tier has is an error instead of work. */
  readonly only: boolean
  /** Whether the result is kept for good; `auto` when making it took longer than the configured time. */
  readonly permanent: boolean | 'auto'
  /** How long the edge keeps it. */
  readonly ttlSeconds: number
  /** The client's own cache buster: another version is another edge entry. */
  readonly version: string
}

export interface RenderRequest {
  readonly account: string
  readonly path: string
  readonly plan: TransformPlan
  /** Whose wish it is: the rules of folders join the plans of all who may not lift them. */
  readonly standing: Standing
  readonly cache: CachePolicy
  /**
   * Of a format that is left to the client: how long by estimate, in milliseconds, the best one may take now. Beyond it the next best stands in for it
   * (`later`), and the caller sees to it that the best is made. Without it the best is made now.
   */
  readonly withinMs?: number | undefined
  /** `request` when absent. */
  readonly lane?: Lane
  /** Looks all files up anew, for a result that becomes a file itself. */
  readonly fromCurrentFiles?: boolean
  /** Answers true when the client already has the result with this ETag: then no body is fetched or made. */
  readonly isFresh?: (etag: string) => boolean
  /** Whether the client has gone. Work that no other request shares ends then. */
  readonly isGone?: () => boolean
}

export type Rendered = CachedResult & {
  readonly tier: Tier
  readonly notModified: boolean
  readonly sourceBytes: number
  /** All stored files that are shown, the source first. */
  readonly files: readonly SourceFile[]
}

/** Source + plan → bytes (render.ts). */
export type Render = (request: RenderRequest, timings: Timings, defer: Defer) => Promise<Rendered>
