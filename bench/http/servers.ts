import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { largePhoto } from '../../scripts/samples/large-photos.ts'
import { freePort, startServer } from '../../test/e2e/support/server.ts'

const ROOT = resolve(import.meta.dirname, '../..')

/** Of both: sharp's defaults are ours too (4:2:0 and optimised Huffman tables for JPEG, method 4 for WebP, Lanczos 3). */
const QUALITY = 80

export type Format = 'jpeg' | 'webp'

/** A picture that a client wants: one of the copies of a photograph, at a width. */
export interface Wish {
  readonly photo: string
  readonly copy: number
  readonly width: number
  readonly format: Format
}

export interface BenchServer {
  readonly name: string
  readonly pid: number
  url(wish: Wish): string
  stop(): Promise<void>
}

/** A copy that differs by a comment behind the first marker: equal files would share renders that are under way. */
function readCopy({ photo, copy }: Pick<Wish, 'photo' | 'copy'>): Buffer {
  const file = readFileSync(largePhoto(photo))
  return Buffer.concat([file.subarray(0, 2), Buffer.from([0xff, 0xfe, 0, 4, 0, copy]), file.subarray(2)])
}

const fileName = ({ photo, copy }: Pick<Wish, 'photo' | 'copy'>): string => `${copy}-${photo}`

/** `npm start` with copies of these photographs. */
export async function startEmulsion(
  photos: readonly string[],
  copies: number,
  env: Readonly<Record<string, string>>,
): Promise<BenchServer> {
  const state = mkdtempSync(join(tmpdir(), 'emulsion-http-'))
  const server = await startServer(state, env)
  const { origin, account, secretKey } = server
  for (const photo of photos) {
    for (let copy = 0; copy < copies; copy++) {
      const url = `${origin}/v2/accounts/${account}/uploads/binary?filePath=/${fileName({ photo, copy })}`
      const headers = { Authorization: `Bearer ${secretKey}`, 'Content-Type': 'image/jpeg' }
      const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(readCopy({ photo, copy })) })
      if (!response.ok) throw new Error(`${photo} was not stored: ${response.status} ${await response.text()}`)
    }
  }
  return {
    name: 'emulsion',
    pid: server.process.pid ?? 0,
    url: (wish) => `${origin}/${account}/image/${fileName(wish)}?w=${wish.width}&f=${wish.format}&q=${QUALITY}`,
    async stop() {
      await server.stop()
      rmSync(state, { recursive: true, force: true })
    },
  }
}

/** ipx as its command line starts it, with the same files in a folder. */
export async function startIpx(photos: readonly string[], copies: number): Promise<BenchServer> {
  const folder = mkdtempSync(join(tmpdir(), 'emulsion-ipx-'))
  for (const photo of photos)
    for (let copy = 0; copy < copies; copy++) writeFileSync(join(folder, fileName({ photo, copy })), readCopy({ photo, copy }))
  const port = await freePort()
  const program = join(ROOT, 'node_modules/ipx/bin/ipx.mjs')
  const child = spawn(
    process.execPath,
    [program, 'serve', '--dir', folder, '--host', '127.0.0.1', '--port', String(port), '--no-clipboard'],
    {
      env: { ...process.env, NODE_ENV: 'production' },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  const url = (wish: Wish): string => `http://127.0.0.1:${port}/w_${wish.width},f_${wish.format},q_${QUALITY}/${fileName(wish)}`
  await untilReady(url({ photo: photos[0] ?? '', copy: 0, width: 50, format: 'jpeg' }), () => child.exitCode !== null)
  return {
    name: 'ipx',
    pid: child.pid ?? 0,
    url,
    async stop() {
      const gone = new Promise((done) => child.once('exit', done))
      if (child.exitCode === null && child.kill('SIGKILL')) await gone
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

async function untilReady(url: string, hasEnded: () => boolean): Promise<void> {
  while (!hasEnded()) {
    const response = await fetch(url).catch(() => null)
    await response?.arrayBuffer()
    if (response?.ok) return
    await new Promise((done) => setTimeout(done, 100))
  }
  throw new Error('ipx ended.')
}
