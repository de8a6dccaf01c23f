import type { Context } from 'hono'
import type { TransformPlan } from '../../image/plan.ts'
import type { Shape } from '../../image/raster.ts'
import type { AppEnv, PictureDialect } from '../dialect.ts'

/**
 * A file of an account, opened for one request whose sender may see it, with everything that image URLs go through: signatures, folders, policies, rules,
 * quotas, fallbacks, caches. For dialects that have words for pictures alone.
 */
export interface OpenPicture {
  readonly account: string
  /** Of the file, decoded. */
  readonly path: string
  /** The most pixels that a result may have for this sender; `undefined`: as many as the installation's limits allow. */
  readonly mostPixels: number | undefined
  /** Whether nothing is drawn: the sender wishes an explanation. */
  readonly isExplained: boolean
  /**
   * Of the upright picture, in pixels, behind what the rules of its folder do to it. Remembered by the isolate.
   * @throws AppError `file_not_found`, `unsupported_format`, and those of the header.
   */
  shape(): Promise<Shape>
  /** Answers with the picture of a plan, or with what would be done. @throws AppError of the policy and of `render`. */
  answer(plan: TransformPlan, manner?: AnswerManner): Promise<Response>
  /** Answers with a text about the picture, as long-lived as the picture itself. @param mime of the text. */
  answerAbout(text: string, mime: string): Promise<Response>
}

export interface AnswerManner {
  /** Whether another `Accept` header can give another plan. */
  readonly variesByAccept?: boolean
  /** Whether a path that ends in `.crop` stands for the file that it names, as in image URLs. */
  readonly readsCropFiles?: boolean
}

/** What a dialect has read of its URL. */
export interface AskedPicture {
  readonly path: string
  /** Parameters of delivery, as image URLs have them; `sig` among them. */
  readonly query: readonly (readonly [string, string])[]
}

/**
 * Opens a file for a request.
 * @param dialect whose name an explanation has.
 * @throws AppError `invalid_path`, `unknown_parameter`, `unauthorized`, `forbidden`, `token_invalid`, `signature_invalid`, `gone`, `request_loop`.
 */
export type OpenAskedPicture = (c: Context<AppEnv>, account: string, asked: AskedPicture, dialect: PictureDialect) => Promise<OpenPicture>
