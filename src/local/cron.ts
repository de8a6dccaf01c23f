import type { Miniflare } from 'miniflare'

/** As `crons` of wrangler.toml says. */
const EVERY_MS = 10 * 60_000

/**
 * Calls the Worker's scheduled handler at the start and every ten minutes: the local runtime has no clock of its own for that. The first call
 * finds what the last server left undone.
 */
export function startCron(miniflare: Miniflare): { stop(): void } {
  const run = async (): Promise<void> => {
    try {
      await (await miniflare.getWorker()).scheduled({ scheduledTime: new Date() })
    } catch (error) {
      console.error(`The scheduled work failed: ${String(error)}`)
    }
  }
  void run()
  const timer = setInterval(() => void run(), EVERY_MS)
  return { stop: () => clearInterval(timer) }
}
