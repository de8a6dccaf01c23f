import type { Context } from 'hono'
import { type InTime, type RenderInTime, STAND_IN_SECONDS } from '../../service/deadline/in-time.ts'
import type { Render, RenderRequest } from '../../service/render/results/render-request.ts'
import type { Timings } from '../../service/render/timings.ts'
import type { AppEnv } from '../dialect.ts'

export interface AnswerInTimeDeps {
  readonly render: Render
  readonly renderInTime: RenderInTime
}

/**
 * Renders within the deadline of a URL, if it has one, and says in the header `Emulsion-Deadline` what stands in. A deadline counts for nothing where a number or a kept result is
 * asked for. @throws AppError as `Render`.
 */
export async function renderForAnswer(
  c: Context<AppEnv>,
  request: RenderRequest,
  deadlineMs: number | undefined,
  timings: Timings,
  { render, renderInTime }: AnswerInTimeDeps,
): Promise<InTime> {
  const defer = (work: Promise<unknown>): void => c.executionCtx.waitUntil(work)
  if (deadlineMs === undefined || request.plan.info || request.cache.only) return render(request, timings, defer)
  const rendered = await renderInTime({ ...request, requestId: c.var.requestId }, deadlineMs, timings, defer)
  if (rendered.standsIn) c.header('Emulsion-Deadline', noteOf(rendered.standsIn))
  return rendered
}

/** What stands in, and the estimate that was over the deadline. */
const noteOf = ({ kind, of, estimatedMs }: NonNullable<InTime['standsIn']>): string =>
  [kind, ...(of === undefined ? [] : [`of=${of}`]), ...(Number.isFinite(estimatedMs) ? [`estimate=${Math.ceil(estimatedMs)}`] : [])].join(
    ';',
  )

/** How long who has what stands in may show it. */
export const standInControl = (isPrivate: boolean): string => `${isPrivate ? 'private' : 'public'}, max-age=${STAND_IN_SECONDS}`
