import { request } from 'node:http'

/** As `crons` of wrangler.toml says. */
const EVERY_MS = 10 * 60_000

/**
 * Calls the Worker's scheduled handler at the start and every ten minutes: the local runtime has no clock of its own for that. The first call
 * finds what the last server left undone.
 * @param entry Unix socket of Miniflare's entry, which hands the call to the first Worker.
 */
export function startCron(entry: string): { stop(): void } {
  const run = (): void => void callScheduled(entry).catch((error: unknown) => console.error(`The scheduled work failed: ${String(error)}`))
  run()
  const timer = setInterval(run, EVERY_MS)
  return { stop: () => clearInterval(timer) }
}

/** @throws Error when the handler fails or the server is not there. */
async function callScheduled(socketPath: string): Promise<void> {
  const status = await new Promise<number | undefined>((done, failed) => {
    const call = request(
      { socketPath, path: `/cdn-cgi/local/scheduled?time=${Date.now()}`, headers: { Host: 'localhost' } },
      (response) => {
        response.resume()
        done(response.statusCode)
      },
    )
    call.on('error', failed).end()
  })
  if (status !== 200) throw new Error(`the handler ended with ${status}`)
}
