import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { buildWorker } from '../../src/local/build.ts'
import { startServer, type RunningServer } from '../../test/e2e/support/server.ts'
import { replaceOnce } from '../fault-drill/replace-once.ts'
import { SABOTAGES, type Sabotage } from './sabotage.ts'

const ROOT = resolve(import.meta.dirname, '../..')
export const APP = { key: 'AppOfTheHandleDrill001z', secret: 'SECRETOFTHEHANDLEDRILL00001' }

/** After so long the sweep takes back what an interrupted store has left; an hour in the service. */
const PENDING_MS = 10_000

/** Builds the Worker on a storage that tells its writes, with a sweep that does not wait for an hour. Answers the folder. */
export async function buildForDrill(sabotage: Sabotage | null): Promise<string> {
  const dist = `build/handle-drill${sabotage === null ? '' : `-${sabotage}`}`
  await buildWorker(dist, 'test/e2e/faulty-storage/witness/index.ts')
  const file = join(ROOT, dist, 'index.js')
  const changes = [{ good: /PENDING_MS = 36e5;/g, bad: `PENDING_MS = ${PENDING_MS};` }, ...(sabotage === null ? [] : [SABOTAGES[sabotage]])]
  writeFileSync(file, changes.reduce(replaceOnce, readFileSync(file, 'utf8')))
  return dist
}

export const startForDrill = (state: string, dist: string, sources: number): Promise<RunningServer> =>
  startServer(state, {
    EMULSION_SKIP_BUILD: 'true',
    EMULSION_DIST: dist,
    EMULSION_FILESTACK_KEY: APP.key,
    EMULSION_FILESTACK_SECRET: APP.secret,
    EMULSION_ALLOW_HOSTS: `127.0.0.1:${sources}`,
  })
