import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { GOLDENS } from '../test/golden/goldens.ts'
import { renderUrl } from '../test/golden/render-url.ts'

/** Renders the goldens that are named, for somebody to look at before they are committed. */
const names = process.argv.slice(2)
if (names.length === 0) throw new Error(`Name one or more of ${Object.keys(GOLDENS).join(', ')}.`)
for (const name of names) {
  const url = GOLDENS[name]
  if (url === undefined) throw new Error(`${name} is none of ${Object.keys(GOLDENS).join(', ')}.`)
  writeFileSync(resolve(import.meta.dirname, '../test/golden', name), await renderUrl(url))
}
