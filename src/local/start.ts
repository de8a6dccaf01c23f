import { dropBallast } from './disk/ballast.ts'
import { putSamples } from './put-samples.ts'
import { banner } from './banner.ts'
import { buildWorker } from './build.ts'
import { readFileLimits, warnOfFileLimit } from './file-limit.ts'
import { checkPort } from './port.ts'
import { children } from './process-identity.ts'
import { startServer } from './server.ts'
import { readLocalSettings, withGeneratedKeys } from './settings.ts'
import { openStateFolder } from './state-folder.ts'

/** `npm start`: builds the Worker, serves it on workerd with its state on disk, puts the sample pictures in on the first start. */
export async function start(): Promise<void> {
  await serve().catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exit(1)
  })
}

async function serve(): Promise<void> {
  let stop = (): Promise<void> => Promise.resolve()
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => void stop().finally(() => process.exit(0)))
  const given = readLocalSettings(process.env)
  await checkPort(given.host, given.port)
  dropBallast(given.statePath) // left by a server that was killed: the lock needs space
  const folder = openStateFolder(given.statePath)
  process.once('exit', folder.release)
  const settings = withGeneratedKeys(given)
  if (process.env['EMULSION_SKIP_BUILD'] !== 'true') {
    console.log('Building …')
    await buildWorker()
  }
  const warning = warnOfFileLimit(readFileLimits())
  if (warning !== null) console.warn(warning)
  console.log('Serving …')
  const server = await startServer(settings, {
    onRestart: () => folder.record(children()),
    onFailure: (error) => {
      console.error(error.message)
      process.exit(1)
    },
  })
  stop = () => server.dispose()
  folder.record(children())
  await putSamples(server.url, settings)
  console.log(banner(server.url, settings))
}
