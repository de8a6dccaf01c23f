import type { StepReader } from '../../../../explain/printed.ts'
import { decimal } from '../../../../explain/printed.ts'
import type { Task } from '../task-text.ts'
import { type HandleOf, task } from './task.ts'

/** A picture in a frame on a canvas with others beside it, all of them fitted alike; `undefined`: the next steps are something else. */
export function printCollage(steps: StepReader, handleOf: HandleOf): Task | undefined {
  const left = steps.left()
  const [framed, second] = left
  if (framed?.op !== 'cover' && framed?.op !== 'letterbox') return undefined
  const at = second?.op === 'flatten' ? 2 : 1
  const canvas = left[at]
  if (canvas?.op !== 'extend' || typeof framed.params.width !== 'number' || typeof framed.params.height !== 'number') return undefined
  const handles: string[] = []
  for (const step of left.slice(at + 1)) {
    if (step.op !== 'composite' || step.params.fit === undefined) break
    handles.push(handleOf(step.params.path) ?? '')
  }
  if (handles.length === 0) return undefined
  steps.skip(at + 1 + handles.length)
  const { top, right, bottom, left: margin, background } = canvas.params
  return task('collage', {
    files: handles,
    width: decimal(margin + framed.params.width + right),
    height: decimal(top + framed.params.height + bottom),
    margin: decimal(margin),
    color: background,
    fit: framed.op === 'cover' ? 'crop' : 'auto',
  })
}
