import type { Context } from 'hono'
import { AppError, type ErrorCode } from '../../errors.ts'
import type { Explanation } from '../../service/explain/explain.ts'
import type { PictureDialect } from '../dialect.ts'
import type { SignatureExplanation } from './signature.ts'
import { EXPLAIN_HEADER } from './wanted.ts'

/** What is told of a wish, and of the signature that it came with. */
export interface Explained {
  readonly dialect: 'bytescale' | 'filestack' | 'batch' | PictureDialect
  readonly account: string
  /** Absent for a URL that is not signed. */
  readonly signature?: SignatureExplanation
  /** `null` for a URL whose flaw leaves no wish. */
  readonly wish: Explanation | null
  readonly refused?: { readonly code: ErrorCode; readonly status: number; readonly message: string }
}

/** Nobody keeps an explanation: it tells of one moment, and to one reader. */
export const answerExplained = (c: Context, { wish, ...told }: Explained): Response =>
  c.json({ ...told, ...wish }, 200, { 'Cache-Control': 'private, no-store', [EXPLAIN_HEADER]: 'true' })

/** The same for the holder of a key, who is also told why the URL answers an error. */
export async function answerToHolder(
  c: Context,
  told: Omit<Explained, 'wish' | 'refused'>,
  explain: () => Promise<Explanation | null>,
): Promise<Response> {
  try {
    return answerExplained(c, { ...told, wish: await explain() })
  } catch (thrown) {
    const { code, fault, publicText } = AppError.from(thrown)
    if (fault.kind === 'internal') throw thrown
    return answerExplained(c, { ...told, wish: null, refused: { code, status: fault.status, message: publicText } })
  }
}
