import { codec, DEFAULT_OUTPUT, isDecided, isLossyAlone, type TransformPlan } from '../../../../../image/plan.ts'
import { decimal } from '../../../../explain/printed.ts'
import { MOST_QUALITY, qualityWord } from '../../../../quality.ts'
import { OUTPUT_QUALITY, PROGRESSIVE_EFFORT } from '../delivery-tasks.ts'
import type { Task } from '../task-text.ts'
import { task } from './task.ts'

/** The task that writes the result, if one is needed. @param tasks before it, of which `output` has named a quality. */
export function printOutput({ output, page }: TransformPlan, tasks: readonly Task[]): readonly Task[] {
  const { format, quality, effort, lossless, onlyLossless, palette, still, colours, metadata, target, maxBytes, keepsCoding } = output
  const negotiates = format === 'auto-avif' || format === 'auto-webp'
  const isNamed = tasks.some(({ name }) => name === 'output')
  const keepsUsual = keepsCoding && quality === DEFAULT_OUTPUT.quality
  const isProgressive = effort === PROGRESSIVE_EFFORT && (format === 'jpeg' || negotiates)
  const params = {
    format: isProgressive ? 'pjpg' : isDecided(format) ? codec(format).extension : undefined,
    lossless: lossless && !onlyLossless && !isLossyAlone(format) ? 'true' : undefined,
    palette: palette ? 'true' : undefined,
    anim: still ? 'false' : undefined,
    colorspace: colours && !onlyLossless ? 'input' : undefined,
    strip: metadata === 'keep' ? 'false' : undefined,
    max_bytes: maxBytes === undefined ? undefined : decimal(maxBytes),
    page: page === undefined ? undefined : decimal(page),
  }
  const isUsual = quality === DEFAULT_OUTPUT.quality && !target && !onlyLossless && !keepsCoding
  const needsOutput = Object.values(params).some((value) => value !== undefined) || isNamed || !(isUsual || keepsUsual)
  // What only another format's task wishes, that task wishes first.
  const isOverridden = lossless && !onlyLossless && isLossyAlone(format)
  return [
    ...(effort === PROGRESSIVE_EFFORT && !isProgressive ? [task('pjpg')] : []),
    ...(isOverridden ? [task('output', { quality: 'lossless' })] : []),
    ...(needsOutput ? [task('output', { ...params, quality: qualityOf(output) })] : []),
    ...(keepsUsual && !needsOutput ? [task('no_metadata')] : []),
    ...(negotiates ? [task('auto_image')] : []),
    // A task without effect makes a picture of the file, which is delivered as it is otherwise.
    ...(tasks.length === 0 && !needsOutput && !keepsUsual && !negotiates ? [task('rotate', { deg: 'exif' })] : []),
  ]
}

const qualityOf = (output: TransformPlan['output']): string =>
  output.keepsCoding && output.quality === (output.maxBytes === undefined ? OUTPUT_QUALITY : MOST_QUALITY) ? 'input' : qualityWord(output)
