// `npm start`. Plain JavaScript, so that any Node can say what is missing before a TypeScript file is read.
import { spawnSync } from 'node:child_process'
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
// What strips types would stay in memory (40 MB): the first time another process does it, and leaves what it compiled.
const cache = fileURLToPath(new URL('../../node_modules/.cache/emulsion', import.meta.url))
const program = new URL('start.ts', import.meta.url).href
if (!existsSync(cache))
  spawnSync(process.execPath, ['--input-type=module', '--eval', `import(${JSON.stringify(program)})`], {
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
  })
modules.enableCompileCache?.(cache)
const { start } = await import(program)
await start()
modules.flushCompileCache?.() // now, since a server may be killed
