import type { BenchServer, Format, Wish } from './servers.ts'
import { useOfTree } from './process-tree.ts'

export const CLIENTS = 8
/** Copies of each photograph: clients do not share a file. */
export const COPIES = 16
/** Widths around this one, each once for each copy, so that no cache answers. */
const WIDTH = 800
const WIDTHS = 200
/** A result is stored after it was answered. */
const SETTLE_MS = 500
const SAMPLE_EVERY_MS = 100

const sleep = (milliseconds: number): Promise<void> => new Promise((done) => setTimeout(done, milliseconds))

/** One server's turn. */
export interface Turn {
  readonly renders: number
  readonly seconds: number
  readonly cpuMs: number
  /** The highest of the turn. */
  readonly residentMb: number
  readonly proportionalMb: number
  /** Answers 503 that succeeded when the client tried again. */
  readonly retries: number
}

export type NextWish = () => Wish

/** Wishes for one photograph in one format, each another. @throws Error when there are no more. */
export function distinctWishes(photo: string, format: Format): NextWish {
  let count = 0
  return () => {
    const i = count++
    if (i >= COPIES * WIDTHS) throw new Error(`${photo}: all ${i} wishes have been used.`)
    const step = Math.floor(i / COPIES)
    return { photo, format, copy: i % COPIES, width: WIDTH + (step % 2 === 0 ? step / 2 : -(step + 1) / 2) }
  }
}

/** So many clients ask one after the other until the time is over. */
export async function takeTurn(server: BenchServer, next: NextWish, seconds: number): Promise<Turn> {
  const before = useOfTree(server.pid).cpuMs
  const memory = { residentMb: 0, proportionalMb: 0 }
  const sample = (): void => {
    const now = useOfTree(server.pid)
    for (const key of ['residentMb', 'proportionalMb'] as const) memory[key] = Math.max(memory[key], now[key])
  }
  const timer = setInterval(sample, SAMPLE_EVERY_MS)
  const began = performance.now()
  let [renders, retries] = [0, 0]
  const client = async (): Promise<void> => {
    while (performance.now() - began < seconds * 1000) {
      retries += await ask(server.url(next()))
      renders++
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  const took = (performance.now() - began) / 1000
  clearInterval(timer)
  await sleep(SETTLE_MS)
  return { renders, seconds: took, cpuMs: useOfTree(server.pid).cpuMs - before, ...memory, retries }
}

/** @returns how often it was tried again. @throws Error for anything but 200 and a 503 that says when to try again. */
async function ask(url: string): Promise<number> {
  for (let retries = 0; ; retries++) {
    const response = await fetch(url)
    const { byteLength } = await response.arrayBuffer()
    if (response.status === 200 && byteLength > 0) return retries
    const seconds = Number(response.headers.get('retry-after'))
    if (response.status !== 503 || !(seconds > 0)) throw new Error(`${url} answered ${response.status}`)
    await sleep(seconds * 1000)
  }
}
