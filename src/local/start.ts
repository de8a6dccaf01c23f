import { putSamples } from './put-samples.ts'
import { banner } from './banner.ts'
import { buildWorker } from './build.ts'
import { startServer } from './server.ts'
import { readLocalSettings } from './settings.ts'

/** `npm start`: builds the Worker, serves it on workerd with its state on disk, puts the sample pictures in on the first start. */
async function start(): Promise<void> {
  const settings = readLocalSettings(process.env)
  if (process.env['EMULSION_SKIP_BUILD'] !== 'true') {
    console.log('Building …')
    await buildWorker()
  }
  console.log('Serving …')
  const server = await startServer(settings)
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
