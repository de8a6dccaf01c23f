// `npm start`. Plain JavaScript, so that any Node can say what is missing before a TypeScript file is read.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import * as modules from 'node:module'
import { fileURLToPath } from 'node:url'
import { setFlagsFromString } from 'node:v8'

// The heap for new objects does not grow: 15 MB less.
setFlagsFromString('--semi-space-growth-factor=1')

/** The argument that ends the program before it serves. */
const COMPILE = '--compile'

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
// What strips types would stay in memory (40 MB): the first time another process does it, and leaves what it compiled.
const cache = fileURLToPath(new URL('../../node_modules/.cache/emulsion', import.meta.url))
const onlyCompiles = process.argv[2] === COMPILE
if (!onlyCompiles && !existsSync(cache)) spawnSync(process.execPath, [fileURLToPath(import.meta.url), COMPILE])
modules.enableCompileCache?.(cache)
const { start } = await import('./start.ts')
if (!onlyCompiles) {
  await start()
  modules.flushCompileCache?.() // now, since a server may be killed
}
