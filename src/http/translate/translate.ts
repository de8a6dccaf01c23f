import { AppError } from '../../errors.ts'
import { canonical, type TransformPlan } from '../../image/plan.ts'
import { printJob, type PrintedJob } from '../dialects/batch/print/transformations.ts'
import { printImageQuery } from '../dialects/bytescale/image-query/print.ts'
import { encodePath } from '../encode-path.ts'
import { splitExtension } from '../../service/files/path.ts'
import { type ForeignService, lost, type Source, type Verdict } from '../foreign/foreign.ts'
import { type Read, read } from '../foreign/read.ts'
import * as table from '../foreign/services/table.ts'

export type ServiceName = keyof typeof table
export const SERVICE_NAMES = Object.keys(table) as [ServiceName, ...ServiceName[]]

/** Characters of a foreign URL, at most. */
export const MOST_URL_LENGTH = 8192
/** Parameters of a foreign URL, at most. */
const MOST_PARAMETERS = 100

/** A parameter of the foreign URL, and what became of it. */
export interface Told {
  readonly parameter: string
  readonly value: string
  readonly because: string
}

/** A foreign URL in our words. */
export interface Translation {
  readonly service: ServiceName
  readonly source: Source
  readonly plan: TransformPlan
  /** Our URL, without a host; `null` when an image URL has no words for the plan, which `reason` tells. */
  readonly url: string | null
  readonly reason: string | null
  /** The job of a batch request that does the plan, where there is no URL. */
  readonly job: PrintedJob | null
  /** Parameters for which nothing is done. */
  readonly lost: readonly Told[]
  /** Parameters for which something near is done. */
  readonly differs: readonly Told[]
  /** Parameters that say what is so without them. */
  readonly withoutEffect: readonly Omit<Told, 'because'>[]
}

export interface TranslateOptions {
  /** Of the account in the URL that is answered. */
  readonly account: string
  /** Whose URL it is; told by its host and shape when absent. */
  readonly service?: ServiceName | undefined
}

/**
 * The picture of another service's URL in our words. Every parameter of that URL is done exactly, or is named in one of the lists. Nothing is fetched.
 * @throws AppError `invalid_parameter` (`url`), `invalid_path`.
 */
export function translate(text: string, { account, service }: TranslateOptions): Translation {
  const url = foreignUrl(text)
  const name = service ?? SERVICE_NAMES.find((each) => table[each].recognises(url))
  if (name === undefined)
    throw new AppError('invalid_parameter', {
      field: 'url',
      reason: `Expected the URL of one of ${SERVICE_NAMES.join(', ')}, or its "service" beside it.`,
    })
  const foreign: ForeignService = table[name]
  const opened = foreign.open(url)
  if (!opened) throw new AppError('invalid_parameter', { field: 'url', reason: `Expected the URL of a picture of ${name}.` })
  const { source, parameters } = opened
  if (parameters.length > MOST_PARAMETERS)
    throw new AppError('invalid_parameter', {
      field: 'url',
      reason: `Expected at most ${MOST_PARAMETERS} parameters, received ${parameters.length}.`,
    })
  const whole = read(foreign, parameters)
  const without = parameters.map((_parameter, i) => read(foreign, parameters.toSpliced(i, 1)))
  const spelling = spelled(whole, source, account)
  const verdicts = whole.verdicts.map((verdict, i) =>
    verdict || spelling.url !== null || isDelivered(whole, without[i])
      ? verdict
      : lost('It is of an image URL, and there is none for this.'),
  )
  const told = (kind: Verdict['kind']): readonly Told[] =>
    parameters.flatMap(({ name: parameter, value }, i) => {
      const verdict = verdicts[i]
      return verdict?.kind === kind ? [{ parameter, value, because: verdict.because }] : []
    })
  const withoutEffect = parameters
    .filter((_parameter, i) => !verdicts[i] && isEqual(without[i], { ...whole, verdicts: whole.verdicts.toSpliced(i, 1) }))
    .map(({ name: parameter, value }) => ({ parameter, value }))
  return { service: name, source, ...spelling, lost: told('lost'), differs: told('differs'), withoutEffect }
}

function foreignUrl(text: string): URL {
  if (text.length > MOST_URL_LENGTH)
    throw new AppError('invalid_parameter', {
      field: 'url',
      reason: `Expected at most ${MOST_URL_LENGTH} characters, received ${text.length}.`,
    })
  const whole = text.startsWith('//') ? `https:${text}` : text
  if (!URL.canParse(whole) || !/^https?:/i.test(whole))
    throw new AppError('invalid_parameter', { field: 'url', reason: 'Expected an absolute URL that begins with "https://" or "http://".' })
  return new URL(whole)
}

/** Whether a parameter, without which `without` is what is read, asks for nothing that only an image URL says. */
const isDelivered = ({ delivery }: Read, without: Read | undefined): boolean =>
  JSON.stringify(delivery) === JSON.stringify(without?.delivery)
const isEqual = (a: Read | undefined, b: Read): boolean => a !== undefined && textOf(a) === textOf(b)
const textOf = ({ plan, delivery, verdicts }: Read): string => JSON.stringify([canonical(plan), delivery, verdicts])

/** A job says no format in the place of one that is not written here; then the plan says none either. */
function spelled({ plan, delivery }: Read, { path }: Source, account: string): Pick<Translation, 'plan' | 'url' | 'reason' | 'job'> {
  const { words, reason } = printImageQuery(plan)
  if (words) {
    const query = [...words.query, ...Object.entries(delivery)].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
    return { plan, url: `/${account}/image${encodePath(path)}${query === '' ? '' : `?${query}`}`, reason: null, job: null }
  }
  const { otherwise: _, ...output } = plan.output
  const named = { ...plan, output }
  return { plan: named, url: null, reason: reason ?? '', job: printJob(named, `/translated${splitExtension(path).name}`).words }
}
