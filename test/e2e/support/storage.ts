import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Files and bytes of what the buckets keep on disk: finished objects, and parts of unfinished ones. */
export function storageOf(state: string): { readonly files: number; readonly bytes: number } {
  const blobs = readdirSync(state, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('/blobs/'))
  const sizes = blobs.map((name) => statSync(join(state, name))).filter((entry) => entry.isFile())
  return { files: sizes.length, bytes: sizes.reduce((sum, { size }) => sum + size, 0) }
}
