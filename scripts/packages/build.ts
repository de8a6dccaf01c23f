// `npm run build:packages`: all packages, or those that are named: `… -- cli`.
import { buildCli } from './build-cli.ts'
import { buildClient } from './build-client.ts'
import { buildUpload } from './build-upload.ts'

const BUILDS = new Map<string, () => Promise<void>>([
  ['client', buildClient],
  ['cli', buildCli],
  ['upload', buildUpload],
])

const named = process.argv.slice(2)
const unknown = named.find((name) => !BUILDS.has(name))
if (unknown !== undefined) throw new Error(`Expected names of ${[...BUILDS.keys()].join(', ')}, received ${JSON.stringify(unknown)}.`)
for (const [name, build] of BUILDS) if (named.length === 0 || named.includes(name)) await build()
