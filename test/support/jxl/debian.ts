// Debian's reference encoder and decoder of JPEG XL (libjxl-tools).
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

function inFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'jxl-'))
  try {
    return work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What cjxl makes of a file. @param extension of the file, by which it is read. */
export const cjxl = (file: Uint8Array, extension: string, options: readonly string[] = []): Uint8Array =>
  inFolder((folder) => {
    writeFileSync(join(folder, `in.${extension}`), file)
    execFileSync('cjxl', [join(folder, `in.${extension}`), join(folder, 'out.jxl'), '--quiet', ...options], { stdio: 'ignore' })
    return new Uint8Array(readFileSync(join(folder, 'out.jxl')))
  })

/** The picture as a PNG with its profile, upright. */
export const djxl = (file: Uint8Array): Uint8Array =>
  inFolder((folder) => {
    writeFileSync(join(folder, 'in.jxl'), file)
    execFileSync('djxl', [join(folder, 'in.jxl'), join(folder, 'out.png'), '--quiet'], { stdio: 'ignore' })
    return new Uint8Array(readFileSync(join(folder, 'out.png')))
  })
