// `npm start`. Plain JavaScript, so that any Node can say what is missing before a TypeScript file is read.
import { existsSync } from 'node:fs'
import * as modules from 'node:module'
import { fileURLToPath } from 'node:url'

/** The first Node that reads TypeScript without a flag. */
const NEEDED = [22, 18]

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
const fail = (sentence) => {
  console.error(sentence)
  process.exit(1)
}

if (!existsSync(fileURLToPath(new URL('../../node_modules/miniflare/package.json', import.meta.url))))
  fail('The packages are not installed: run "npm ci" first.')
if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1]))
  fail(
    `This is Node ${process.versions.node}; Emulsion runs on Node ${NEEDED.join('.')} or newer. On Linux x64 "npm ci" brings one; elsewhere install it.`,
  )
// From the second start on the types are stripped already: what strips them would stay in memory.
modules.enableCompileCache?.(fileURLToPath(new URL('../../node_modules/.cache/emulsion', import.meta.url)))
await import('./start.ts')
