import { AppError } from '../../errors.ts'
import type { Step, TransformPlan } from '../../image/plan.ts'
import { type ForeignService, lost, type Parameter, type Verdict, type Word } from './foreign.ts'
import { blankSheet, type Sheet, stepsOf } from './sheet.ts'

/** The vocabulary of a service, without the shape of its URLs. */
export type Words = Pick<ForeignService, 'defaults' | 'words' | 'first' | 'lastCounts' | 'settle'>

/** What the parameters of a foreign URL ask for. */
export interface Read {
  readonly plan: TransformPlan
  /** Parameters of an image URL that do not change the picture. */
  readonly delivery: Readonly<Record<string, string>>
  /** One for each parameter. */
  readonly verdicts: readonly (Verdict | undefined)[]
}

/** Reads parameters in the words of a service. Each link of a chain has a sheet of its own; they share the output. @throws AppError `invalid_parameter` for values that no operation takes. */
export function read(foreign: Words, parameters: readonly Parameter[]): Read {
  const verdicts: (Verdict | undefined)[] = parameters.map(() => undefined)
  const links = [...new Set([0, ...parameters.map(({ link }) => link ?? 0)])].toSorted((a, b) => a - b)
  let last: Sheet = blankSheet(foreign.defaults)
  const steps: Step[] = []
  for (const link of links) {
    const { output, page, delivery, density } = last
    last = { ...blankSheet(foreign.defaults), output, page, delivery, density }
    const given = new Map<string, string>()
    for (const [i, parameter] of inOrder(foreign, parameters)) {
      if ((parameter.link ?? 0) !== link) continue
      given.set(parameter.name, parameter.value)
      verdicts[i] = readOne(foreign, parameter, parameters.slice(i + 1), last)
    }
    const settled = foreign.settle?.(last, given) ?? {}
    for (const [i, { name, link: own }] of parameters.entries())
      if ((own ?? 0) === link && Object.hasOwn(settled, name)) verdicts[i] ??= settled[name]
    steps.push(...stepsOf(last))
  }
  return {
    plan: { steps, output: last.output, ...(last.page !== undefined && last.page > 1 && { page: last.page }) },
    delivery: last.delivery,
    verdicts,
  }
}

/** With their places, those first on which others depend. */
function inOrder({ first = [] }: Words, parameters: readonly Parameter[]): readonly (readonly [number, Parameter])[] {
  const rank = ({ name }: Parameter): number => (first.includes(name) ? first.indexOf(name) : first.length)
  return [...parameters.entries()].toSorted(([, a], [, b]) => rank(a) - rank(b))
}

function readOne(
  { words, lastCounts }: Words,
  { name, value, link }: Parameter,
  behind: readonly Parameter[],
  sheet: Sheet,
): Verdict | undefined {
  const word = Object.hasOwn(words, name) ? words[name] : undefined
  if (!word) return lost('It is not known here.')
  const isLast = !behind.some((other) => other.name === name && other.link === link)
  if (!isLast) return lastCounts ? undefined : lost('It is given again behind.')
  return taken(word, value, sheet)
}

/** What no operation takes is lost. */
function taken(word: Word, value: string, sheet: Sheet): Verdict | undefined {
  try {
    return word(value, sheet)
  } catch (thrown) {
    if (thrown instanceof AppError && thrown.code === 'invalid_parameter') return lost(thrown.reason ?? 'No operation takes it.')
    throw thrown
  }
}
