import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { CHANGES, type Change } from './changes.ts'

const ROOT = resolve(import.meta.dirname, '../..')
/** Below the project, so that the copy finds its packages there. */
const COPY = join(ROOT, '.mutation')
/** Share of the security-relevant changes that tests must notice. */
const FLOOR = 0.9
/** The test runner's workerd stands still now and then: such a run says nothing and is tried once more. */
const TIMEOUT_MS = 90_000

/** What the tests say of a change. `stale`: the text that it replaces is no longer there once. `broken`: its tests fail without it. */
type Verdict = 'noticed' | 'unnoticed' | 'stale' | 'broken'

/**
 * `npm run test:mutation -- [--security] [--trusted] [TEXT]`: makes each small wrong change of changes.ts in a copy of the project and runs the tests
 * that should notice it. Prints what was noticed, by folder. Ends with 1 when a change is stale or broken, or when tests notice too few of
 * the security-relevant ones. `--trusted` skips the run without a change, where all tests have just passed. TEXT picks the changes whose file or description contains it.
 */
function main(args: readonly string[]): number {
  const text = args.find((arg) => !arg.startsWith('--')) ?? ''
  const wanted = CHANGES.filter(
    ({ security, file, slip }) => (security || !args.includes('--security')) && `${file} ${slip}`.includes(text),
  )
  copyProject()
  const results = wanted.map((change) => {
    const verdict = judge(change, args.includes('--trusted'))
    console.log(`${verdict.padEnd(9)}  ${change.file}: ${change.slip}`)
    return { ...change, verdict }
  })
  rmSync(COPY, { recursive: true, force: true })
  report(results)
  const security = results.filter((result) => result.security)
  const noticed = security.filter(({ verdict }) => verdict === 'noticed').length
  const isWrong = results.some(({ verdict }) => verdict === 'stale' || verdict === 'broken')
  return isWrong || noticed < FLOOR * security.length ? 1 : 0
}

/** The files that git knows, and what the build has made. */
function copyProject(): void {
  rmSync(COPY, { recursive: true, force: true })
  const files = run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard']).stdout.split('\0').filter(Boolean)
  for (const file of files) {
    mkdirSync(dirname(join(COPY, file)), { recursive: true })
    cpSync(join(ROOT, file), join(COPY, file))
  }
  cpSync(join(ROOT, 'build'), join(COPY, 'build'), { recursive: true })
  // Tests open files of packages by their path in the project.
  symlinkSync(join(ROOT, 'node_modules'), join(COPY, 'node_modules'))
}

const baselines = new Map<string, boolean>()

function judge({ file, edits, tests, rebuild = false }: Change, isTrusted: boolean): Verdict {
  const path = join(COPY, file)
  const before = readFileSync(path, 'utf8')
  let after = before
  for (const [find, replace] of edits) {
    if (after.split(find).length !== 2) return 'stale'
    after = after.replace(find, () => replace)
  }
  const key = JSON.stringify(tests)
  if (!baselines.has(key)) baselines.set(key, isTrusted || pass(tests) || pass(tests))
  if (!baselines.get(key)) return 'broken'
  writeFileSync(path, after)
  try {
    if (rebuild) build()
    return pass(tests) ? 'unnoticed' : 'noticed'
  } finally {
    writeFileSync(path, before)
    if (rebuild) build()
  }
}

const build = (): void => void run(process.execPath, ['scripts/build-assembly.ts'], COPY)

function pass(tests: Change['tests']): boolean {
  return Object.entries(tests).every(([project, files]) => {
    const vitest = () =>
      run(process.execPath, [join(ROOT, 'node_modules/vitest/vitest.mjs'), 'run', '--project', project, '--reporter=dot', ...files], COPY)
    const first = vitest()
    return (first.signal === null ? first : vitest()).status === 0
  })
}

const run = (command: string, args: readonly string[], cwd = ROOT) =>
  spawnSync(command, args, { cwd, encoding: 'utf8', timeout: TIMEOUT_MS, maxBuffer: 100_000_000 })

function report(results: readonly { readonly file: string; readonly security: boolean; readonly verdict: Verdict }[]): void {
  const line = (name: string, rows: typeof results): void => {
    const noticed = rows.filter(({ verdict }) => verdict === 'noticed').length
    if (rows.length > 0)
      console.log(`${name.padEnd(24)} ${noticed} of ${rows.length} noticed (${Math.round((100 * noticed) / rows.length)} %)`)
  }
  console.log()
  for (const folder of [...new Set(results.map(({ file }) => folderOf(file)))].sort())
    line(
      folder,
      results.filter(({ file }) => folderOf(file) === folder),
    )
  line(
    'security',
    results.filter(({ security }) => security),
  )
  line('all', results)
}

const folderOf = (file: string): string => file.split('/').slice(0, 2).join('/')

process.exitCode = main(process.argv.slice(2))
