import { isUntold, SNIFFED_BYTES, sniffMediaType } from '../files/content/media-type.ts'
import { readStream } from '../files/content/read-stream.ts'
import { isDerivative } from '../files/derivation.ts'
import type { FileInfo, FileStore, Log } from '../ports.ts'
import type { Processes } from '../processes/processes.ts'
import { isTerminal, type JobDefinition, type ProcessRecord } from '../processes/record.ts'
import { removalJob } from '../processes/removal-job.ts'
import { renderJob } from '../processes/render-job.ts'
import type { CompiledRule } from './rules.ts'

/** Begins the version of a deletion. */
const DELETED = 'delete'

export interface TriggersDeps {
  readonly rules: readonly CompiledRule[]
  readonly files: FileStore
  readonly processes: Processes
  readonly log: Log
}

/** What the rules do about files. Each call may come at any time, twice or not at all: what is in the storage now decides. */
export interface Triggers {
  /** Whether any rule can have something to do with this path. Costs no I/O. */
  concerns(account: string, path: string): boolean
  /**
   * Starts what the rules want for the file at this path: derivatives of a file that is there, removals after one that is gone.
   * @throws AppError when storage or records cannot be reached: call again.
   */
  settle(account: string, path: string): Promise<void>
  /** What the rules made of the file at this path, whether it is still there or not. */
  derivativesOf(account: string, path: string): Promise<readonly { readonly path: string; readonly rule: string }[]>
  /** Ids of the processes that the rules want for this version of a file, whether they exist or not. */
  runsOf(account: string, file: FileInfo): Promise<readonly string[]>
}

/**
 * One process for each rule that matches. A file that a rule made starts nothing. The id of a process is made from the rule and the version of
 * the file, so that a process is started once, however often and from wherever its event comes.
 */
export function createTriggers({ rules, files, processes, log }: TriggersDeps): Triggers {
  const matching = (account: string, path: string): readonly CompiledRule[] =>
    rules.filter((rule) => rule.account === account && rule.matchesPath(path))

  /** A file whose type tells nothing, as S3 clients store it unless told otherwise, gets the type of its content. */
  async function typed(account: string, file: FileInfo): Promise<FileInfo> {
    if (!isUntold(file.mime) || file.size === 0) return file
    const open = await files.open(account, file.path, { start: 0, end: Math.min(SNIFFED_BYTES, file.size) })
    const mime = open && sniffMediaType(await readStream(open.body))
    return mime === null ? file : { ...file, mime }
  }

  async function derive(rule: CompiledRule, path: string, file: FileInfo): Promise<void> {
    if (!rule.matchesFile(file.mime, file.size)) return
    const versions = { [path]: file.etag }
    const jobs = rule.outputs(path).map(({ destination, plan }) => renderJob({ source: path, destination, plan, rule: rule.id, versions }))
    await start(rule, putVersion(path, file), jobs, path)
  }

  /** Nothing to do when this rule has made nothing, or all of it is gone: the deletion of a derivative is an event as well. */
  async function remove(rule: CompiledRule, path: string): Promise<void> {
    if (rule.onDelete !== 'remove') return
    const destinations = rule.outputs(path).map(({ destination }) => destination)
    if (!(await hasDerivative(rule, path))) return
    const jobs = destinations.map((destination) => removalJob({ source: path, path: destination, rule: rule.id }))
    const record = await start(rule, [DELETED, path, ...destinations], jobs, path)
    // An earlier deletion of a file at this path has the same id. What it removed has been made again since.
    if (isTerminal(record.state.status)) await processes.retry(record.definition.id)
  }

  async function hasDerivative(rule: CompiledRule, source: string): Promise<boolean> {
    for await (const _ of derivatives(rule, source)) return true
    return false
  }

  /** The paths at which this rule has put something that it made of the source. */
  async function* derivatives(rule: CompiledRule, source: string): AsyncGenerator<string> {
    for (const { destination } of rule.outputs(source)) {
      const there = await files.head(rule.account, destination)
      if (there && isDerivative(there, { rule: rule.id, source })) yield destination
    }
  }

  const idOf = (rule: CompiledRule, version: readonly string[]): Promise<string> =>
    processes.idempotentId('trigger', rule.id, rule.account, ...version)

  async function start(
    rule: CompiledRule,
    version: readonly string[],
    jobs: readonly JobDefinition[],
    path: string,
  ): Promise<ProcessRecord> {
    const id = await idOf(rule, version)
    const owner = { account: rule.account, service: rule.service }
    const requestId = `event ${version[0]}`
    const record = await processes.create({
      id,
      kind: 'trigger',
      name: rule.id,
      owner,
      jobs,
      fingerprint: version.join('\n'),
      requestId,
      onlyDeletes: version[0] === DELETED,
    })
    log({ level: 'info', message: 'rule matched', rule: rule.id, processId: id, path, jobs: record.definition.jobs.length })
    return record
  }

  return {
    concerns: (account, path) => matching(account, path).length > 0,

    async settle(account, path) {
      const wanted = matching(account, path)
      if (wanted.length === 0) return
      const file = await files.head(account, path)
      if (file?.origin?.derivation) return
      const current = file && (await typed(account, file))
      for (const rule of wanted) await (current ? derive(rule, path, current) : remove(rule, path))
    },

    async derivativesOf(account, path) {
      const found: { path: string; rule: string }[] = []
      for (const rule of matching(account, path))
        for await (const derivative of derivatives(rule, path)) found.push({ path: derivative, rule: rule.id })
      return found
    },

    async runsOf(account, file) {
      if (file.origin?.derivation) return []
      const wanted = matching(account, file.path)
      if (wanted.length === 0) return []
      const { mime, size } = await typed(account, file)
      return Promise.all(wanted.filter((rule) => rule.matchesFile(mime, size)).map((rule) => idOf(rule, putVersion(file.path, file))))
    },
  }
}

/** What tells one version of a file from another: the same bytes stored again are another version. */
const putVersion = (path: string, { etag, lastModified }: FileInfo): readonly string[] => [
  'put',
  path,
  etag,
  String(lastModified.getTime()),
]
