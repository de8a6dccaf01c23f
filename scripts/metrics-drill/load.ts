import { Agent, get } from 'node:http'

/** How many requests are under way at the same time. */
const CLIENTS = 8

export interface Load {
  /** Answers by status. */
  readonly answered: ReadonlyMap<number, number>
  readonly seconds: number
}

/** Answers of one URL after the other, for so long. @param next the URL of the next request. */
export async function load(next: () => string, milliseconds: number): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS })
  const answered = new Map<number, number>()
  const began = performance.now()
  const client = async (): Promise<void> => {
    while (performance.now() - began < milliseconds) {
      const status = await statusOf(next(), agent)
      answered.set(status, (answered.get(status) ?? 0) + 1)
    }
  }
  await Promise.all(Array.from({ length: CLIENTS }, client))
  agent.destroy()
  return { answered, seconds: (performance.now() - began) / 1000 }
}

/** Its body is read and dropped. */
const statusOf = (url: string, agent: Agent): Promise<number> =>
  new Promise((done, failed) => {
    get(url, { agent }, (response) => {
      response
        .resume()
        .on('end', () => done(response.statusCode ?? 0))
        .on('error', failed)
    }).on('error', failed)
  })
