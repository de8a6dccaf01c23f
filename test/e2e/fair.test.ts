import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startServer, type RunningServer } from './support/server.ts'

const SECRET = 'secret-of-the-test'
const PICTURES = 20
const statePath = mkdtempSync(join(tmpdir(), 'emulsion-fair-'))
let server: RunningServer

beforeAll(async () => {
  server = await startServer(statePath, { EMULSION_BATCH_SECRET: SECRET })
  const body = await sharp(readFileSync(join(import.meta.dirname, '../../samples/lake.jpg')))
    .resize(2400, 1600, { fit: 'fill' })
    .png({ compressionLevel: 1 })
    .toBuffer()
  const headers = { Authorization: `Bearer ${server.secretKey}`, 'Content-Type': 'image/png' }
  const url = `${server.origin}/v2/accounts/${server.account}/uploads/binary?filePath=/fair.png`
  expect((await fetch(url, { method: 'POST', headers, body: new Uint8Array(body) })).status).toBe(200)
})

afterAll(async () => {
  await server.stop()
  rmSync(statePath, { recursive: true, force: true })
})

/** What came in which order while `work` went on and the health was asked for, one question after the other. */
async function orderOf(work: (log: (entry: string) => void) => Promise<void>): Promise<readonly string[]> {
  const order: string[] = []
  let goOn = true
  const asking = (async () => {
    while (goOn) {
      expect((await fetch(`${server.origin}/-/health`)).status).toBe(200)
      order.push('health')
    }
  })()
  await work((entry) => order.push(entry))
  goOn = false
  await asking
  return order
}

/** Answers to others between the first and the last of these entries. */
const between = (order: readonly string[], entry: string): number =>
  order.slice(order.indexOf(entry), order.lastIndexOf(entry)).filter((other) => other === 'health').length

describe('whoever asks for something small', () => {
  it('is answered between the renders of a burst', async () => {
    const order = await orderOf(async (log) => {
      const widths = Array.from({ length: PICTURES }, (_, i) => 100 + i)
      const render = async (width: number): Promise<void> => {
        const response = await fetch(`${server.origin}/${server.account}/image/fair.png?w=${width}&f=webp`)
        await response.arrayBuffer()
        expect(response.status).toBe(200)
        log('render')
      }
      await Promise.all(widths.map(render))
    })
    expect(order.filter((entry) => entry === 'render')).toHaveLength(PICTURES)
    expect(between(order, 'render')).toBeGreaterThan(PICTURES)
  })

  it('is answered between the jobs of a batch, and so is a render', async () => {
    const headers = { Authorization: `Bearer ${SECRET}` }
    const order = await orderOf(async (log) => {
      const jobs = Array.from({ length: PICTURES }, (_, i) => ({
        destination: `/out/${i}.webp`,
        transformations: [
          { type: 'rotate', degrees: 90 },
          { type: 'resize', width: 300 + i },
        ],
      }))
      const created = await fetch(`${server.origin}/request`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ service_id: 1, source: '/fair.png', jobs }),
      })
      const { process_id: id } = (await created.json()) as { process_id: string }
      log('batch')
      const rendered = await fetch(`${server.origin}/${server.account}/image/fair.png?w=99`)
      expect(rendered.status).toBe(200)
      log('render')
      for (;;) {
        const { status } = (await (await fetch(`${server.origin}/request/${id}`, { headers })).json()) as { status: string }
        if (status === 'PROCESSING' || status === 'PENDING') continue
        expect(status).toBe('FINISHED')
        log('batch')
        return
      }
    })
    expect(order.indexOf('render')).toBeLessThan(order.lastIndexOf('batch'))
    expect(between(order, 'batch')).toBeGreaterThan(PICTURES)
  })
})
