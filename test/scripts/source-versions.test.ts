import { describe, expect, it } from 'vitest'
import { projectSources } from '../../scripts/versions/build-versions.ts'
import { type SourceVersions, sourceVersions } from '../../scripts/versions/source-versions.ts'
import { FORMAT_NAMES, OPERATION_NAMES, type Step, type TransformPlan, DEFAULT_OUTPUT } from '../../src/image/plan.ts'
import { type PartVersions, resultKeyText } from '../../src/service/render/results/result-key.ts'
import { importsOf } from '../support/import-graph.ts'

const sources = projectSources()
const before = sourceVersions(sources)

/** The versions when a file says something else. */
const after = (file: string, change: (text: string) => string): SourceVersions =>
  sourceVersions({ ...sources, read: (name) => (name === file ? change(sources.read(name)) : sources.read(name)) })

const addConstant = (text: string): string => `${text}\nconst added = 5\n`

type Parts = Readonly<Record<string, string>>
const differing = (a: Parts, b: Parts): readonly string[] => Object.keys(a).filter((name) => a[name] !== b[name])

/** What two versions of the sources do not share. */
const changed = (now: SourceVersions) => ({
  base: now.base !== before.base,
  operations: differing(before.operations, now.operations),
  codecs: differing(before.codecs, now.codecs),
})
const NOTHING = { base: false, operations: [], codecs: [] }

/** The file of each name in a table. */
const filesOf = (table: string, folder: string): ReadonlyMap<string, string> =>
  new Map([...sources.read(table).matchAll(/\{ (\w+) \} from '\.(.+)'/g)].map(([, name = '', path = '']) => [name, folder + path]))
const OPERATION_FILES = filesOf('src/image/ops/table.ts', 'src/image/ops')

/** A file and all that it imports, by whatever way. */
function reachable(from: string, seen = new Set<string>()): ReadonlySet<string> {
  if (seen.has(from) || from.endsWith('table.ts')) return seen
  seen.add(from)
  for (const next of importsOf(from).files) reachable(next, seen)
  return seen
}

it('everything in the tables has a version', () => {
  expect(Object.keys(before.operations).toSorted()).toEqual([...OPERATION_NAMES].toSorted())
  expect(Object.keys(before.codecs).toSorted()).toEqual([...FORMAT_NAMES].toSorted())
  const all = [before.base, ...Object.values(before.operations), ...Object.values(before.codecs)]
  expect(new Set(all).size).toBe(all.length)
})

describe('a change', () => {
  it.each([
    ['of a comment', 'src/image/ops/colour/sepia.ts', (text: string) => `// Brown.\n${text}`],
    ['of spaces', 'src/image/ops/colour/sepia.ts', (text: string) => text.replaceAll('  ', '    ')],
    ['of types', 'src/image/engine/png/decoder.ts', (text: string) => `${text}\nexport type Unused = 5\n`],
    ['of a comment in the core', 'src/image/assembly/pixels/convolve.ts', (text: string) => `${text}\n// Here.\n`],
    ['of costs', 'src/image/costs.ts', addConstant],
    ['of the table', 'src/image/ops/table.ts', addConstant],
  ])('%s changes no version', (_, file, change) => {
    expect(after(file, change)).toEqual(before)
  })

  it.each([
    ['a kernel', 'src/image/assembly/pixels/convolve.ts', { ...NOTHING, operations: ['convolve'] }],
    [
      'a helper of some operations',
      'src/image/tone.ts',
      { ...NOTHING, operations: ['brightness', 'colorize', 'contrast', 'gamma', 'grayscale', 'negate', 'sepia', 'threshold'] },
    ],
    // An icon and a drawing may hold a PNG.
    ['the decoder of a format', 'src/image/engine/png/decoder.ts', { ...NOTHING, codecs: ['ico', 'png', 'svg'] }],
    ['a kernel of a codec', 'src/image/assembly/webp/vp8/row.ts', { ...NOTHING, codecs: ['webp'] }],
    ['a font', 'src/image/fonts/sans-bold.ttf', { ...NOTHING, operations: ['ascii', 'text'], codecs: ['svg'] }],
    ['the executor', 'src/image/execute.ts', { ...NOTHING, base: true }],
  ])('of %s changes what consists of it', (_, file, expected) => {
    expect(changed(after(file, addConstant))).toEqual(expected)
  })

  it('of an npm package changes the codecs that use it', () => {
    const versionOf = (name: string): string => (name === '@jsquash/avif' ? '99.0.0' : sources.versionOf(name))
    expect(changed(sourceVersions({ ...sources, versionOf }))).toEqual({ ...NOTHING, codecs: ['avif'] })
  })

  it('of the scaler, through which everything may pass, changes the base', () => {
    expect(changed(after('src/image/assembly/resample/resample.ts', addConstant)).base).toBe(true)
  })
})

/** So many plans of every operation and format, the same ones each time. */
function plans(count: number): readonly TransformPlan[] {
  let state = 1
  const below = (n: number): number => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return (state >>> 8) % n
  }
  const formats = [...FORMAT_NAMES, 'source', 'auto', 'auto-webp', 'auto-avif'] as const
  return Array.from({ length: count }, (_, i) => ({
    steps: Array.from(
      { length: below(4) },
      () => ({ op: OPERATION_NAMES[below(OPERATION_NAMES.length)] ?? 'blur', params: { i } }) as never as Step,
    ),
    output: { ...DEFAULT_OUTPUT, format: formats[below(formats.length)] ?? 'jpeg' },
  }))
}

describe('of 500 kept results', () => {
  const kept = plans(500)
  const file = { path: '/a.jpg', size: 1, etag: 'e', mime: 'image/jpeg' }
  const key = (plan: TransformPlan, parts: SourceVersions): string =>
    resultKeyText({ source: file, inputs: [], plan, engine: 'auto' }, parts as SourceVersions & PartVersions)

  it('those with a changed operation are made anew, and no others', () => {
    const consists = OPERATION_NAMES.map((operation) => ({ operation, of: reachable(OPERATION_FILES.get(operation) ?? '') }))
    for (const [name, changedFile] of OPERATION_FILES) {
      const now = after(changedFile, addConstant)
      const users = consists.filter(({ of }) => of.has(changedFile)).map(({ operation }) => operation)
      expect(users).toContain(name)
      const anew = kept.filter((plan) => key(plan, now) !== key(plan, before))
      expect(anew.length).toBeGreaterThan(0)
      expect([name, anew]).toEqual([name, kept.filter(({ steps }) => steps.some(({ op }) => users.includes(op)))])
    }
  })

  it('a source of another type, a layer of it, and a type that tells nothing take the codecs that read them', () => {
    const now = after('src/image/engine/png/decoder.ts', addConstant)
    const plan: TransformPlan = { steps: [], output: { ...DEFAULT_OUTPUT, format: 'webp' } }
    const isAnew = (mime: string, layers: readonly string[] = []): boolean => {
      const subject = { source: { ...file, mime }, inputs: layers.map((type) => ({ ...file, mime: type })), plan, engine: 'auto' as const }
      return (
        resultKeyText(subject, now as SourceVersions & PartVersions) !== resultKeyText(subject, before as SourceVersions & PartVersions)
      )
    }
    expect([isAnew('image/jpeg'), isAnew('image/png'), isAnew('application/octet-stream')]).toEqual([false, true, true])
    expect([isAnew('image/jpeg', ['image/png']), isAnew('image/jpeg', ['image/gif'])]).toEqual([true, false])
  })
})
