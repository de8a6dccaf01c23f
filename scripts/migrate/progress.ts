export interface Counts {
  found: number
  copied: number
  skipped: number
  failed: number
  bytes: number
}

/** Prints how far it has come: in place on a terminal, a line every ten seconds elsewhere. */
export function createProgress() {
  const counts: Counts = { found: 0, copied: 0, skipped: 0, failed: 0, bytes: 0 }
  const started = Date.now()
  let printedAt = 0
  const text = (): string => {
    const seconds = Math.max(1, (Date.now() - started) / 1000)
    const rate = (counts.bytes / 1e6 / seconds).toFixed(1)
    return `${counts.found} found, ${counts.copied} copied, ${counts.skipped} done before, ${counts.failed} failed · ${(counts.bytes / 1e6).toFixed(1)} MB · ${rate} MB/s`
  }
  return {
    counts,
    print(last = false): void {
      const pause = process.stdout.isTTY ? 200 : 10_000
      if (!last && Date.now() - printedAt < pause) return
      printedAt = Date.now()
      process.stdout.write(process.stdout.isTTY && !last ? `\r${text()}\u001b[K` : `${process.stdout.isTTY ? '\r' : ''}${text()}\n`)
    },
  }
}
