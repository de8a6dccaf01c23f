import { checkFilePath } from '../files/path.ts'
import type { FileInfo, FileStore, Log } from '../ports.ts'
import type { JobDefinition } from '../processes/record.ts'
import type { Processes } from '../processes/processes.ts'
import { removalJob } from '../processes/removal-job.ts'
import { renderJob } from '../processes/render-job.ts'
import type { StorageEvent } from './storage-event.ts'
import { RULE_MARK } from '../processes/trigger-mark.ts'
import type { CompiledRule } from './rules.ts'

export interface TriggersDeps {
  readonly rules: readonly CompiledRule[]
  readonly files: FileStore
  readonly processes: Processes
  readonly log: Log
}

/**
 * Turns an event of the storage into processes, one for each rule that matches. A file that a rule made starts nothing. Events come at least
 * once and in any order, so the id of a process is made from the rule and the version of the object: a repeated event finds it there.
 * @throws AppError when storage or records cannot be reached: the event must be delivered again.
 */
export function createTriggers({ rules, files, processes, log }: TriggersDeps) {
  async function created(rule: CompiledRule, path: string, file: FileInfo): Promise<void> {
    if (!rule.matchesFile(file.mime, file.size)) return
    const jobs = rule
      .outputs(path)
      .filter(({ destination }) => destination !== path)
      .map(({ destination, plan }) =>
        renderJob({ source: path, destination: checkFilePath(destination, 'destination'), plan, rule: rule.id }),
      )
    await start(rule, ['put', path, file.etag, String(file.lastModified.getTime())], jobs, path)
  }

  /** Only what this rule has made, and only when it is there: the deletion of a derivative is an event as well. */
  async function deleted(rule: CompiledRule, path: string, eventTime: string): Promise<void> {
    if (rule.onDelete !== 'remove') return
    const made: JobDefinition[] = []
    for (const { destination } of rule.outputs(path)) {
      const derivative = await files.head(rule.account, destination)
      if (derivative?.metadata[RULE_MARK] === rule.id) made.push(removalJob({ source: path, path: destination, rule: rule.id }))
    }
    await start(rule, ['delete', path, eventTime], made, path)
  }

  async function start(rule: CompiledRule, version: readonly string[], jobs: readonly JobDefinition[], path: string): Promise<void> {
    if (jobs.length === 0) return
    const id = await processes.idempotentId('trigger', rule.id, rule.account, ...version)
    const owner = { account: rule.account, service: rule.service }
    const fingerprint = version.join('\n')
    const record = await processes.create({
      id,
      kind: 'trigger',
      name: rule.id,
      owner,
      jobs,
      fingerprint,
      requestId: `event ${version[0]}`,
    })
    log({ level: 'info', message: 'rule matched', rule: rule.id, processId: id, path, jobs: record.definition.jobs.length })
  }

  return async function onStorageEvent({ action, object, eventTime }: StorageEvent): Promise<void> {
    const slash = object.key.indexOf('/')
    const [account, path] = [object.key.slice(0, slash), object.key.slice(slash)]
    const matching = slash < 1 ? [] : rules.filter((rule) => rule.account === account && rule.matchesPath(path))
    if (matching.length === 0) return
    const file = await files.head(account, path)
    const isDeletion = action === 'DeleteObject' || action === 'LifecycleDeletion'
    // The storage may have gone on since: what is there now decides, and what is gone has an event of its own.
    if (isDeletion === (file !== null)) return
    if (file?.metadata[RULE_MARK] !== undefined) return
    for (const rule of matching) await (file ? created(rule, path, file) : deleted(rule, path, eventTime))
  }
}

export type OnStorageEvent = ReturnType<typeof createTriggers>
