import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { extname, join, normalize } from 'node:path'
import mime from 'mime'
import { buildUpload } from '../../../scripts/packages/build-upload.ts'

/** A site of somebody: another origin than the service, with the package beside its pages. */
export interface Site {
  readonly origin: string
  /** Of the package as it is built. */
  readonly folder: string
  close(): void
}

/** @param page the HTML of `/`. @param policy its Content-Security-Policy, if it has one. */
export async function startSite(page: () => string, policy?: () => string): Promise<Site> {
  const folder = mkdtempSync(join(tmpdir(), 'emulsion-upload-'))
  await buildUpload(folder, false)
  const server = createServer(({ url = '/' }, answer) => {
    const { pathname } = new URL(url, 'http://site')
    const file = join(folder, normalize(pathname))
    answer.setHeader('Access-Control-Allow-Origin', '*')
    if (pathname === '/' && policy) answer.setHeader('Content-Security-Policy', policy())
    if (pathname === '/') answer.setHeader('Content-Type', 'text/html; charset=utf-8').end(page())
    else if (!existsSync(file)) answer.writeHead(404).end()
    else answer.setHeader('Content-Type', mime.getType(extname(file)) ?? 'application/octet-stream').end(readFileSync(file))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    folder,
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      server.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
