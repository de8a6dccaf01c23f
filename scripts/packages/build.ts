import { buildCli } from './build-cli.ts'
import { buildClient } from './build-client.ts'
import { buildUpload } from './build-upload.ts'

await buildClient()
await buildCli()
await buildUpload()
