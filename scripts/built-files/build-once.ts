import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

/**
 * Makes a file, unless it is there and was made of the same inputs: the hash of both stands beside it, in `<file>.made-of`.
 * @param inputs files that decide what is made: sources, the script, the manifests of the packages that it uses.
 * @returns whether it was made now.
 */
export async function buildOnce(file: string, inputs: readonly string[], make: () => void | Promise<void>): Promise<boolean> {
  const note = `${file}.made-of`
  if (existsSync(file) && existsSync(note) && readFileSync(note, 'utf8') === hash([file, ...inputs])) return false
  await make()
  writeFileSync(note, hash([file, ...inputs]))
  return true
}

/** SHA-256 over names, lengths and contents. */
function hash(files: readonly string[]): string {
  const sum = createHash('sha256')
  for (const file of files) {
    const content = readFileSync(file)
    sum.update(`${file}\0${content.length}\0`).update(content)
  }
  return sum.digest('hex')
}
