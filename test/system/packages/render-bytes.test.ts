import { createHash } from 'node:crypto'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createClient } from '../../../packages/client/src/index.ts'
import { type RunningServer, startServer } from '../../e2e/support/server.ts'
import { buildProgram, runProgram } from '../../packages/cli/run-program.ts'

const CORPUS = resolve(import.meta.dirname, '../../../../shared/corpus')
const PHOTOGRAPHS = 50
/** Formats in turns, and a wish each. */
const WISHES = [
  ['-w', '640', '-f', 'webp'],
  ['-w', '320', '-f', 'jpeg', '-q', '70'],
  ['-w', '300', '-h', '300', '--fit', 'crop', '-f', 'png'],
  ['-w', '160', '-f', 'avif'],
]

const folder = mkdtempSync(join(tmpdir(), 'emulsion-corpus-'))
let server: RunningServer
let removeProgram: () => void

beforeAll(async () => {
  removeProgram = await buildProgram()
  server = await startServer(join(folder, 'state'), { EMULSION_RENDERERS: '1' })
})
afterAll(async () => {
  await server.stop()
  removeProgram()
  rmSync(folder, { recursive: true, force: true })
})

it(`emulsion render gives the bytes of the service, of ${PHOTOGRAPHS} photographs`, async () => {
  const client = createClient({ url: server.origin, apiKey: server.secretKey })
  const files = ['photos', 'jpeg-variants', 'webp', 'heic', 'avif']
    .flatMap((kind) => readdirSync(join(CORPUS, kind)).map((name) => join(CORPUS, kind, name)))
    .filter((name) => /\.(jpe?g|png|webp|heic|avif)$/i.test(name))
    .slice(0, PHOTOGRAPHS)
  expect(files).toHaveLength(PHOTOGRAPHS)
  const different: string[] = []
  const counts = { pictures: 0, errors: 0 }
  for (const [w, wish] of WISHES.entries()) {
    const own = join(folder, `in-${w}`)
    mkdirSync(own)
    for (const [i, file] of files.entries()) if (i % WISHES.length === w) copyFileSync(file, join(own, `${i}-${file.split('/').at(-1)}`))
    const { stdout } = await runProgram(['render', own, ...wish, '-o', join(folder, `out-${w}/`), '--json'], { cwd: folder })
    for (const line of stdout.toString().trim().split('\n')) {
      const { source, output, error } = JSON.parse(line) as { source: string; output?: string; error?: { code: string } }
      const path = `/corpus/${encodeURIComponent(source.split('/').at(-1) ?? '')}`
      await client.upload(new Blob([readFileSync(source)]), { path })
      const query = wish.map((word, at) => (at % 2 === 0 ? word.replace(/^-+/, '') : `=${word}&`)).join('')
      const there = await client.fetchUrl(`${client.imageUrl(path)}?${query.slice(0, -1)}`).then(
        async (response) => sha(new Uint8Array(await response.arrayBuffer())),
        (thrown: { code: string }) => thrown.code,
      )
      const here = output === undefined ? error?.code : sha(readFileSync(output))
      counts[output === undefined ? 'errors' : 'pictures']++
      if (here !== there) different.push(`${source} ${wish.join(' ')}: ${here} here, ${there} there`)
    }
  }
  expect(different).toEqual([])
  expect(counts).toEqual({ pictures: PHOTOGRAPHS, errors: 0 })
})

const sha = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
