// Which version an operation, a codec or the rest of the engine has: a hash over the sources that it consists of.
import { createHash } from 'node:crypto'
import { dirname, join } from 'node:path'
import { transformSync } from 'esbuild'

/** The repository's files, by paths from its root. */
export interface Sources {
  readonly files: readonly string[]
  read(file: string): string
  /** The version of an npm package that is installed. */
  versionOf(name: string): string
}

/** As src/service/render/results/result-key.ts reads it. */
export interface SourceVersions {
  /** Changes with any of the others. */
  readonly all: string
  /** What every plan runs through. */
  readonly base: string
  readonly operations: Readonly<Record<string, string>>
  readonly codecs: Readonly<Record<string, string>>
}

const ASSEMBLY = 'src/image/assembly'
const TEXT = 'src/image/text/'
const FONTS = 'src/image/fonts/'
/** Where every plan passes: all that it imports counts, down to the tables. */
const ROOTS = ['src/service/render/run-plan.ts', 'src/service/render/run-shared.ts']
const TABLES = { operations: 'src/image/ops/table.ts', codecs: 'src/image/codecs/table.ts' } as const
/**
 * Files that no pixel depends on. The tables name what is there: a new line changes no old plan. The costs decide what is refused and when work is
 * done, and the second engine's pictures are kept for an hour at most.
 */
const WITHOUT_PIXELS = new Set<string>([...Object.values(TABLES), 'src/image/costs.ts', 'src/service/render/second-opinion.ts'])
/** Folders whose files make pixels. What lies elsewhere moves bytes. */
const makesPixels = (file: string): boolean =>
  (file.startsWith('src/image/') || ROOTS.includes(file) || file === 'src/service/render/step-inputs.ts') && !WITHOUT_PIXELS.has(file)

/** Pure: equal sources give equal versions. Comments, spaces and types do not count. */
export function sourceVersions(sources: Sources): SourceVersions {
  const graph = new SourceGraph(sources)
  const [operations, codecs] = [graph.exportsOf(TABLES.operations), graph.exportsOf(TABLES.codecs)]
  const parts = new Set([...Object.values(operations), ...Object.values(codecs)])
  const versionsOf = (files: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(Object.entries(files).map(([name, file]) => [name, graph.hash([file])]))
  const versions = {
    base: graph.hash(ROOTS, (file) => parts.has(file)),
    operations: versionsOf(operations),
    codecs: versionsOf(codecs),
  }
  return { all: hashOf(JSON.stringify(versions)), ...versions }
}

/** What the text of a file says. */
interface Parsed {
  /** Without what changes no pixel. */
  readonly text: string
  readonly specifiers: readonly string[]
  readonly words: ReadonlySet<string>
}

/** Texts are read again and again by who compares versions. */
const parsedTexts = new Map<string, Parsed>()

class SourceGraph {
  readonly #nodes = new Map<string, { readonly text: string; readonly imports: readonly string[] }>()
  readonly #kernels: ReadonlyMap<string, string>
  readonly #sources: Sources

  constructor(sources: Sources) {
    this.#sources = sources
    this.#kernels = this.#findKernels()
  }

  /** The files behind a table's exports, by the names of these. */
  exportsOf(table: string): Record<string, string> {
    const lines = this.#sources.read(table).matchAll(/^export \{ (\w+) \} from '(.+)'$/gm)
    return Object.fromEntries([...lines].map(([, name = '', path = '']) => [name, join(dirname(table), path)]))
  }

  /** Over everything that the files consist of, but for what begins where it ends. */
  hash(roots: readonly string[], endsAt: (file: string) => boolean = () => false): string {
    const found = new Set<string>()
    const visit = (file: string): void => {
      if (found.has(file)) return
      found.add(file)
      for (const next of this.#node(file).imports) if (!endsAt(next)) visit(next)
    }
    roots.forEach(visit)
    return hashOf(
      [...found]
        .toSorted()
        .map((file) => `${file}\0${this.#node(file).text}\0`)
        .join(''),
    )
  }

  #node(file: string): { readonly text: string; readonly imports: readonly string[] } {
    const known = this.#nodes.get(file)
    if (known) return known
    const node = this.#read(file)
    this.#nodes.set(file, node)
    return node
  }

  #read(file: string): { readonly text: string; readonly imports: readonly string[] } {
    if (file.startsWith(PACKAGE)) return { text: this.#sources.versionOf(file.slice(PACKAGE.length)), imports: [] }
    const source = this.#sources.read(file)
    if (!file.endsWith('.ts')) return { text: hashOf(source), imports: [] }
    const isKernel = file.startsWith(`${ASSEMBLY}/`)
    const { text, specifiers, words } = parse(source, isKernel)
    const imports = specifiers.map((specifier) => resolved(file, specifier)).filter((name) => name.startsWith(PACKAGE) || makesPixels(name))
    const kernels = isKernel ? [] : [...words].flatMap((word) => this.#kernels.get(word) ?? [])
    const fonts = file.startsWith(TEXT) ? this.#sources.files.filter((name) => name.startsWith(FONTS)) : []
    return { text, imports: [...imports, ...kernels, ...fonts] }
  }

  /** In which file of the core each of its exports stands. The driver calls them by their names. */
  #findKernels(): ReadonlyMap<string, string> {
    const kernels = new Map<string, string>()
    const lines = this.#sources.read(`${ASSEMBLY}/index.ts`).matchAll(/^export (?:\*|\{ (.+) \}) from '(.+)'$/gm)
    for (const [, list, path = ''] of lines) {
      const file = resolved(`${ASSEMBLY}/index.ts`, path)
      const own = [...this.#sources.read(file).matchAll(/^export (?:function|const|let) (\w+)/gm)].map(([, name = '']) => name)
      for (const name of list?.split(', ') ?? own) kernels.set(name, file)
    }
    return kernels
  }
}

function parse(source: string, isKernel: boolean): Parsed {
  const known = parsedTexts.get(source)
  if (known) return known
  const text = isKernel ? withoutComments(source) : transformSync(source, TRANSFORM).code
  const specifiers = [...text.matchAll(/(?:\bfrom|\bimport\(|\bimport)\s*["']([^"']+)["']/g)].map(([, specifier = '']) => specifier)
  const parsed = { text, specifiers, words: new Set(text.match(/\w+/g)) }
  parsedTexts.set(source, parsed)
  return parsed
}

/** Packages stand among files under their names behind it. */
const PACKAGE = 'npm:'
/** 48 bits: plans of two versions must not meet, nothing more. */
const HASH_LENGTH = 12
const TRANSFORM = {
  loader: 'ts',
  minifyWhitespace: true,
  legalComments: 'none',
  tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
} as const

const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH)

function resolved(file: string, specifier: string): string {
  if (!specifier.startsWith('.'))
    return (
      PACKAGE +
      specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/')
    )
  const path = join(dirname(file), specifier)
  return /\.\w+$/.test(path) ? path : `${path}.ts`
}

/** AssemblyScript is no TypeScript, so its text stays as it is, without comments and the spaces around lines. */
const withoutComments = (source: string): string =>
  source
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/(^|\s)\/\/.*$/gm, '')
    .replaceAll(/^\s+|\s+$/gm, '')
    .replaceAll(/\n+/g, '\n')
