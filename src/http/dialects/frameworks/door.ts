import type { TransformPlan } from '../../../image/plan.ts'
import type { ErrorHeaders, PictureDialect, RenderError } from '../../dialect.ts'

export type DoorName = Exclude<PictureDialect, 'iiif'>

export type Entries = readonly (readonly [name: string, value: string])[]

/** What a door has read of its URL. */
export interface DoorWish {
  /** Which file is shown: a reference as a URL has it, percent-encoded (`source.ts`). */
  readonly source: string
  readonly plan: TransformPlan
  /** Whether another `Accept` header can give another plan. */
  readonly variesByAccept: boolean
  /** Parameters of delivery, as image URLs have them. */
  readonly query: Entries
  /** Whether the stored file is shown in the place of a picture that cannot be made. */
  readonly redirectsOnError?: boolean
}

/** Where a framework asks for its pictures, below an account, and at the root for the default account. */
export interface Door {
  readonly name: DoorName
  /** Of Hono. */
  readonly route: `/${string}`
  /** Whether the default account has it at the root as well. */
  readonly isAtRoot: boolean
  /**
   * Reads a URL.
   * @param rest of the path, behind the door's own part, percent-encoded.
   * @throws AppError `invalid_parameter`, `unknown_parameter`, each with the option's name; `not_found` for a path of another shape.
   */
  read(rest: string, query: Entries, accept: string | undefined): DoorWish
  readonly renderError: RenderError
  readonly errorHeaders?: ErrorHeaders
}
