import { buildCli } from './build-cli.ts'
import { buildClient } from './build-client.ts'

await buildClient()
await buildCli()
