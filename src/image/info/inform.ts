import { AppError } from '../../errors.ts'
import type { RowsContext } from '../context.ts'
import { describe } from './describe.ts'
import type { InfoSource } from './header.ts'
import { uprightShape } from '../orientation.ts'
import { codec, type PlanLimits, type TransformPlan } from '../plan.ts'
import { resultShape, sniffFormat } from '../planner.ts'
import type { Raster } from '../raster.ts'

/** What is told in the place of a picture. */
export const INFO_MIME = 'application/json'

/**
 * What a plan tells of a file, whose probe has the orientation of the file, and of the picture that it makes of it. `plan` has no step left that looks at the whole picture, or does not tell its
 * size; `thumbnail` is the picture made small, for plans that need pixels.
 * @throws AppError of the header, and `output_too_large` of the steps.
 */
export function inform(
  plan: TransformPlan,
  { file, bytes, format, probe }: Omit<InfoSource, 'result'>,
  thumbnail: Raster | null,
  limits: PlanLimits,
  context: RowsContext,
): Promise<Uint8Array> {
  const { info = [] } = plan
  const upright = uprightShape(probe, probe.orientation)
  const result = info.includes('result') ? resultShape(plan, upright, limits) : null
  return describe(info, { file, bytes, format, probe, result }, thumbnail, context)
}

/** Formats that tell everything in front of their pixels. */
const IN_FRONT: readonly string[] = ['jpeg']

/**
 * The same by the beginning of a file alone, for plans that need no pixels. `null` when that is not enough.
 */
export async function informByHead(
  plan: TransformPlan,
  head: Uint8Array,
  bytes: number,
  limits: PlanLimits,
  context: RowsContext,
): Promise<Uint8Array | null> {
  const isPart = head.length < bytes
  const format = sniffFormat(head)
  if (isPart && !IN_FRONT.includes(format)) return null
  try {
    const probe = codec(format).probe(head, plan.page)
    return await inform(plan, { file: head, bytes, format, probe }, null, limits, context)
  } catch (thrown) {
    if (isPart && thrown instanceof AppError && thrown.code === 'invalid_image') return null
    throw thrown
  }
}
