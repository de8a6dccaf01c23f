// Writes the options of wrangler.toml for the local runtime. A program of its own: wrangler needs 130 MB for as long as its process lives.
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { unstable_getMiniflareWorkerOptions } from 'wrangler'

const root = resolve(import.meta.dirname, '../..')
const { workerOptions } = unstable_getMiniflareWorkerOptions(join(root, 'wrangler.toml'))
writeFileSync(process.argv[2] ?? '', JSON.stringify(workerOptions))
