import { readFileSync } from 'node:fs'

/** Three a Durable Object that is awake, and what connections and databases need. */
const ENOUGH = 4096

/**
 * A sentence for a limit of open files that is too low for busy hours, or null. Node raises its own soft limit to the hard one, and what it
 * starts inherits it, so the hard limit counts.
 * @param limits as /proc/self/limits says; empty where there is none.
 */
export function warnOfFileLimit(limits: string): string | null {
  const hard = /^Max open files\s+\S+\s+(\d+)/m.exec(limits)?.[1]
  if (hard === undefined || Number(hard) >= ENOUGH) return null
  return `This machine lets a process open ${hard} files. Each Durable Object needs three: beyond about ${Math.floor(Number(hard) / 3)} uploads and processes at once calls fail. Raise the hard limit to ${ENOUGH} or more (ulimit -Hn, or LimitNOFILE= of systemd).`
}

export function readFileLimits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8')
  } catch {
    return ''
  }
}
