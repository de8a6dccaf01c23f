import { planInputs } from '../../../image/plan.ts'
import type { FileStore } from '../../../service/ports.ts'
import type { Spell } from '../../explain/spellings.ts'
import type { FilestackApp } from './apps.ts'
import { printTasks } from './processing/print/tasks.ts'
import { writeTask } from './processing/task-text.ts'

/** The processing URL of a plan, behind the key of the account's first app. Files are known by the handles under which they were stored. */
export const createSpellTasks =
  (apps: readonly FilestackApp[], files: Pick<FileStore, 'head'>): Spell =>
  async ({ account, path, plan }) => {
    const app = apps.find((candidate) => candidate.account === account)
    if (!app) return { reason: 'The account has no Filestack app.' }
    const handles = new Map<string, string | undefined>()
    for (const file of [path, ...planInputs(plan).map((input) => input.path)])
      if (!handles.has(file)) handles.set(file, (await files.head(account, file))?.origin?.handle)
    const handle = handles.get(path)
    if (handle === undefined) return { reason: 'The source has no handle.' }
    const { words, reason } = printTasks(plan, (file) => handles.get(file))
    if (!words) return { reason: reason ?? '' }
    const tasks = words.tasks.map((task) =>
      encodeURIComponent(writeTask(task)).replaceAll('%3D', '=').replaceAll('%3A', ':').replaceAll('%2C', ','),
    )
    const url = `/${[app.key, ...tasks, handle].join('/')}`
    return { method: 'GET', url, ...(words.accept !== null && { accept: words.accept }) }
  }
