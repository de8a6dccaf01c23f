import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { photo } from '../../support/pictures.ts'
import { type RunningServer, startServer } from '../support/server.ts'
import { batchCalls } from './calls/batch.ts'
import { fileCalls } from './calls/files.ts'
import { filestackCalls } from './calls/filestack.ts'
import { frameworkCalls } from './calls/frameworks.ts'
import { iiifCalls } from './calls/iiif.ts'
import { pictureCalls } from './calls/pictures.ts'
import { s3Calls } from './calls/s3.ts'
import { serviceCalls } from './calls/service.ts'
import type { World } from './calls/world.ts'
import type { OpenApiDocument } from './document.ts'
import { type ApiClient, type HeldCall, heldClient } from './held.ts'

const ROOT = resolve(import.meta.dirname, '../../..')
const BUILD = join(ROOT, 'build/openapi')
const folder = mkdtempSync(join(tmpdir(), 'emulsion-openapi-'))

let server: RunningServer
let elsewhere: Server
let world: World
let document: OpenApiDocument
let client: ApiClient
let calls: readonly HeldCall[]

const run = (file: string, ...options: readonly string[]): void =>
  void execFileSync(process.execPath, [join(ROOT, file), ...options], { cwd: ROOT, stdio: 'pipe' })

beforeAll(async () => {
  const picture = await photo({ width: 64, height: 48 })
  elsewhere = createServer((_, answer) => void answer.setHeader('Content-Type', 'image/jpeg').end(picture)).listen(0, '127.0.0.1')
  await once(elsewhere, 'listening')
  const host = `127.0.0.1:${(elsewhere.address() as AddressInfo).port}`
  const [batchSecret, metricsToken, app] = [
    'secret-of-the-document',
    'token-of-the-document',
    { key: 'appOfTheDocument00001z', secret: 'SECRETOFTHEDOCUMENT01' },
  ]
  server = await startServer(join(folder, 'state'), {
    EMULSION_RENDERERS: '1',
    EMULSION_BATCH_SECRET: batchSecret,
    EMULSION_METRICS_TOKEN: metricsToken,
    EMULSION_FILESTACK_KEY: app.key,
    EMULSION_FILESTACK_SECRET: app.secret,
    EMULSION_ALLOW_HOSTS: host,
  })
  const { account, secretKey, publicKey } = server
  world = { account, secretKey, publicKey, batchSecret, metricsToken, app, picture, pictureUrl: `http://${host}/photo.jpg` }
  document = (await (await fetch(`${server.origin}/-/openapi.json`)).json()) as OpenApiDocument
  ;({ client, calls } = heldClient(document, server.origin))
})
afterAll(async () => {
  await server.stop()
  elsewhere.close()
  rmSync(folder, { recursive: true, force: true })
})

it('calls are typed as the served document says', () => {
  mkdirSync(BUILD, { recursive: true })
  writeFileSync(join(BUILD, 'served.json'), JSON.stringify(document))
  run(
    'scripts/openapi/client/node_modules/openapi-typescript/bin/cli.js',
    join(BUILD, 'served.json'),
    '--output',
    join(BUILD, 'paths.d.ts'),
  )
  run('node_modules/typescript/bin/tsc', '--noEmit', '-p', import.meta.dirname)
})

it.each([
  ['bytescale', 'files', fileCalls],
  ['bytescale', 'pictures', pictureCalls],
  ['batch', 'processes', batchCalls],
  ['filestack', 'handles', filestackCalls],
  ['iiif', 'tiles', iiifCalls],
  ['ipx vercel next netlify cloudflare', 'pictures', frameworkCalls],
  ['s3', 'objects', s3Calls],
  ['service', 'own', serviceCalls],
] as const)('%s, %s: what is answered is what the document says', async (tag, _, make) => {
  const before = calls.length
  await make(client, world)
  const made = calls.slice(before)
  expect(made.filter(({ wrong }) => wrong.length > 0)).toEqual([])
  expect(new Set(made.map(({ text }) => text)).size).toBeGreaterThanOrEqual(20)
  for (const each of made) expect(tag.split(' ')).toContain(each.tag)
})

it('every call of the document was made', () => {
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods))
  const described = operations.map(({ operationId }) => operationId)
  const made = new Set(calls.map(({ operationId }) => operationId))
  expect(described.filter((id) => !made.has(id))).toEqual([])
})
