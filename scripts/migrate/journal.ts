import { appendFileSync, existsSync, readFileSync } from 'node:fs'

/** What is done, on disk: a script that was interrupted goes on where it was. */
export interface Journal {
  isDone(key: string): boolean
  done(key: string): void
}

/** One JSON text a line, appended after the work that it tells of: a line that was cut off by a kill counts for nothing. */
export function openJournal(file: string): Journal {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : ''
  const known = new Set<string>()
  for (const line of text.split('\n')) {
    try {
      known.add(JSON.parse(line) as string)
    } catch {
      continue
    }
  }
  // The next line must not grow on the rest of one that was cut off.
  if (text !== '' && !text.endsWith('\n')) appendFileSync(file, '\n')
  return {
    isDone: (key) => known.has(key),
    done(key) {
      known.add(key)
      appendFileSync(file, `${JSON.stringify(key)}\n`)
    },
  }
}
