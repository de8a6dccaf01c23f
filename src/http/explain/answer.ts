import type { Context } from 'hono'
import type { Explanation } from '../../service/explain/explain.ts'
import type { SignatureExplanation } from './signature.ts'

/** What is told of a wish, and of the signature that it came with. */
export interface Explained {
  readonly dialect: 'bytescale' | 'filestack' | 'batch'
  readonly account: string
  /** Absent for a URL that is not signed. */
  readonly signature?: SignatureExplanation
  /** `null` for a URL whose flaw leaves no wish. */
  readonly wish: Explanation | null
  readonly refused?: { readonly code: string; readonly message: string }
}

/** Nobody keeps an explanation: it tells of one moment, and to one reader. */
export const answerExplained = (c: Context, { wish, ...told }: Explained): Response =>
  c.json({ ...told, ...wish }, 200, { 'Cache-Control': 'private, no-store' })
