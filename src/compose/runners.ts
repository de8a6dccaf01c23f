import { createCopyFileJobs, createDeleteFilesJobs } from '../service/jobs/files.ts'
import { createCopyFolderJobs, createDeleteFolderJobs } from '../service/jobs/folders.ts'
import { createRemoveJobs } from '../service/jobs/remove-derivative.ts'
import { createRenderJobs } from '../service/jobs/render.ts'
import { createResultJobs } from '../service/jobs/result.ts'
import { createResetCacheJobs } from '../service/jobs/reset-cache.ts'
import type { JobRunners } from '../service/jobs/runner.ts'
import { createSaveJobs } from '../service/jobs/save.ts'
import { createStoreDerivative } from '../service/jobs/store-derivative.ts'
import type { Config } from '../config/load.ts'
import type { Files } from './files.ts'
import { clock } from './platform.ts'
import { rulesOfAccounts, standingOfJobs } from './protection.ts'
import type { Rendering } from './rendering.ts'

/** Who does the jobs of processes, by their type. */
export function createRunners(
  config: Config,
  { files, unwatched, upload, copyFile, results, accounts, replaced, triggers, lifetimeSeconds, freshness }: Files,
  { render, runSharedOn, save }: Rendering,
): JobRunners {
  const folders = { files, folders: accounts, copyFile, removed: replaced }
  return {
    render: createRenderJobs({
      files,
      upload,
      runSharedOn,
      render,
      rulesOf: rulesOfAccounts(config),
      standingOf: standingOfJobs(config),
      storeDerivative: createStoreDerivative({ files: unwatched, replaced }),
    }),
    'remove-derivative': createRemoveJobs({ files: unwatched, removed: replaced }),
    result: createResultJobs(render),
    save: createSaveJobs({ files, save }),
    'delete-files': createDeleteFilesJobs({ files, copyFile, removed: replaced }),
    'copy-file': createCopyFileJobs({ files, copyFile, removed: replaced }),
    'delete-folder': createDeleteFolderJobs(folders),
    'copy-folder': createCopyFolderJobs(folders),
    'reset-cache': createResetCacheJobs({ results, resets: accounts, triggers, lifetimeSeconds, clock, ...freshness }),
  }
}
