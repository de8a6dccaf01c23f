import { isDecided, type TransformPlan } from '../../../../image/plan.ts'
import { type Printed, readSteps, verified } from '../../../explain/printed.ts'
import { parseImageQuery } from './parse.ts'
import { printCrop, printExtension, printResize, printRoundCorners, printTrim, printTurns } from './print-framing.ts'
import { printEffects } from './print-effects.ts'
import { printLayers } from './print-layers.ts'
import { printOutput } from './print-output.ts'
import type { Entry } from './values.ts'

/** Parameters of an image URL, and the `Accept` header that they need, where the client chooses the format. */
export interface PrintedQuery {
  readonly query: readonly Entry[]
  readonly accept: string | null
}

const ACCEPTS: Readonly<Record<string, string>> = { 'auto-avif': 'image/avif,image/webp', 'auto-webp': 'image/webp' }

/** Paddings are whole pixels, and some ranges are narrow: halves and tenths of pixels, and values beyond a range, come of a density. */
const DENSITIES = [1, 2, 0.5, 1.5, 3, 0.1]

/** The other way of `parseImageQuery`: the parameters that give a plan, in the order in which they are done. */
export function printImageQuery(plan: TransformPlan): Printed<PrintedQuery> {
  const attempts = DENSITIES.map((density) => () => printAt(plan, density))
  const first = attempts[0]?.() ?? { words: null, reason: '' }
  if (first.words) return first
  for (const attempt of attempts.slice(1)) {
    const printed = attempt()
    if (printed.words) return printed
  }
  return first
}

function printAt(plan: TransformPlan, density: number): Printed<PrintedQuery> {
  const steps = readSteps(plan.steps)
  const query = [
    ...printCrop(steps),
    ...printTrim(steps),
    ...printTurns(steps),
    ...printResize(steps, density),
    ...printExtension(steps, density),
    ...printEffects(steps, density),
    ...printLayers(steps, density),
    ...printRoundCorners(steps, density),
  ]
  const flatten = steps.take('flatten')
  const [left] = steps.left()
  if (left) return { words: null, reason: `An image URL has no parameter for ${JSON.stringify(left)} in this place.` }
  // Layers take the parameters behind them, but none of these.
  const dense: readonly Entry[] = density === 1 ? [] : [['dpr', String(density)]]
  const entries = [...dense, ...query, ...(flatten ? [['bg', flatten.background] as const] : []), ...printOutput(plan)]
  const accept = isDecided(plan.output.format) || plan.info ? null : (ACCEPTS[plan.output.format] ?? null)
  return verified(plan, { query: entries, accept }, (words) => parseImageQuery(words.query, words.accept ?? undefined).plan)
}
