import versions from '../../../../build/versions.json' with { type: 'json' }
import { canonical, codec, FORMAT_NAMES, type FormatName, isDecided, type TransformPlan, WRITTEN_NAMES } from '../../../image/plan.ts'
import type { TypedFile } from '../../files/recent-files.ts'
import type { EngineChoice } from '../second-opinion.ts'

/** The version of the whole engine. Each part has one of its own: `npm run build:assembly` makes them of the sources (scripts/versions). */
export const ENGINE_VERSION: string = versions.all

/** The versions of the engine's parts. */
export type PartVersions = Pick<typeof versions, 'base' | 'operations' | 'codecs'>

/** What a result is made of: files as they are, a plan, and who makes it. */
export interface ResultSubject {
  readonly source: TypedFile
  /** What the plan reads beside it. */
  readonly inputs: readonly TypedFile[]
  readonly plan: TransformPlan
  readonly engine: EngineChoice
}

/**
 * Everything that the bytes of a result depend on, as one text, of which the result's key is the hash: the versions of the parts of the engine that its
 * plan uses, the version of every file, and the plan. A change of one operation changes the keys of the plans that have it, and no others.
 */
export function resultKeyText({ source, inputs, plan, engine }: ResultSubject, parts: PartVersions = versions): string {
  // Results of a forced engine are apart from all others: they are for comparing.
  const forced = engine === 'auto' ? [] : [engine]
  const files = inputs.map(({ path, etag }) => `${path} ${etag}`)
  return [...forced, ...partVersions(plan, [source, ...inputs], parts), source.etag, canonical(plan), ...files].join('\n')
}

/** `name version` of each part of the engine that the plan uses, each once, in a stable order. */
export function partVersions(
  { steps, output, info }: TransformPlan,
  files: readonly TypedFile[],
  parts: PartVersions = versions,
): readonly string[] {
  const operations = new Set(steps.map(({ op }) => op))
  const codecs = new Set([...files.flatMap(({ mime }) => readersOf(mime)), ...(info ? [] : writersOf(output.format))])
  return [
    `engine ${parts.base}`,
    ...[...operations].toSorted().map((name) => `${name} ${parts.operations[name]}`),
    ...[...codecs].toSorted().map((name) => `${name} ${parts.codecs[name]}`),
  ]
}

/**
 * Who reads a file of this type. The type is what the storage says and may be wrong; the header is not read for a key. A type that is no picture's tells nothing: any codec may read
 * it. A picture under another picture's type is not made anew when its own codec changes.
 */
const readersOf = (mime: string): readonly FormatName[] => READERS.get(mime) ?? FORMAT_NAMES
const READERS: ReadonlyMap<string, readonly FormatName[]> = new Map(FORMAT_NAMES.map((name) => [codec(name).mime, [name]]))

/** Who may write the result. What the source's own format is, its reader says. */
function writersOf(format: TransformPlan['output']['format']): readonly FormatName[] {
  if (isDecided(format)) return [format]
  return format === 'source' ? ['jpeg', 'png'] : WRITTEN_NAMES
}
