import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'

/** A file while it is written. */
const UNFINISHED = resolve(import.meta.dirname, `../../build/unfinished-${process.pid}`)

/** Writes a built file at once, and only when it is another one: builds run beside each other and beside servers that read what they make. */
export function replaceFile(file: string, content: Uint8Array | string): void {
  const bytes = Buffer.from(content)
  if (existsSync(file) && readFileSync(file).equals(bytes)) return
  for (const each of [file, UNFINISHED]) mkdirSync(dirname(each), { recursive: true })
  writeFileSync(UNFINISHED, bytes)
  renameSync(UNFINISHED, file)
}
