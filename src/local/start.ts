import { putSamples } from './put-samples.ts'
import { banner } from './banner.ts'
import { buildWorker } from './build.ts'
import { checkPort } from './port.ts'
import { children } from './process-identity.ts'
import { startServer } from './server.ts'
import { readLocalSettings, withGeneratedKeys } from './settings.ts'
import { openStateFolder } from './state-folder.ts'

/** `npm start`: builds the Worker, serves it on workerd with its state on disk, puts the sample pictures in on the first start. */
async function start(): Promise<void> {
  const given = readLocalSettings(process.env)
  await checkPort(given.host, given.port)
  const folder = openStateFolder(given.statePath)
  process.once('exit', folder.release)
  const settings = withGeneratedKeys(given)
  if (process.env['EMULSION_SKIP_BUILD'] !== 'true') {
    console.log('Building …')
    await buildWorker()
  }
  console.log('Serving …')
  const server = await startServer(settings, () => folder.record(children()))
  folder.record(children())
  const stop = (): void => {
    void server.dispose().finally(() => process.exit(0))
  }
  for (const signal of ['SIGTERM', 'SIGINT']) {
    // Miniflare's own handlers would end the process before everything is disposed of.
    process.removeAllListeners(signal)
    process.once(signal, stop)
  }
  await putSamples(server.url, settings)
  console.log(banner(server.url, settings))
}

await start().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  process.exit(1)
})
