import { describe, expect, it } from 'vitest'
import { issueTicket, type Ticket } from '../../../src/service/render/ticket.ts'
import { createTurns } from '../../../src/service/render/turns.ts'
import { sleep } from '../../support/run-deps.ts'

const clock = { now: () => performance.now() }
const ticket = (order: number): Ticket => ({ lane: 'request', order: () => order, isWanted: () => true })

/** An endless row of timers, as other requests' events come in while something computes. */
function ticks(log: string[]) {
  let goOn = true
  const tick = (): void => {
    log.push('tick')
    if (goOn) setTimeout(tick, 0)
  }
  setTimeout(tick, 0)
  return { stop: () => (goOn = false) }
}

describe('turns', () => {
  it('let one piece compute at a time, and the event loop between any two', async () => {
    const turns = createTurns(clock, sleep)
    const log: string[] = []
    const { stop } = ticks(log)
    let computing = 0
    const job = async (name: string): Promise<void> => {
      for (let piece = 0; piece < 3; piece++) {
        const turn = await turns.take(ticket(0))
        expect(++computing).toBe(1)
        log.push(name)
        await Promise.resolve()
        computing--
        turn.end()
      }
    }
    await Promise.all(['a', 'b', 'c', 'd'].map(job))
    stop()
    const pieces = log.filter((entry) => entry !== 'tick')
    expect(pieces).toHaveLength(12)
    const together = log.filter((entry, i) => entry !== 'tick' && log[i - 1] !== undefined && log[i - 1] !== 'tick')
    expect(together).toEqual([])
  })

  it('go to the smaller order first: an older request ends before a younger one goes on, and a batch comes last', async () => {
    let now = 1000
    const frozen = { now: () => now }
    const turns = createTurns(frozen, sleep)
    const batch = issueTicket('batch', frozen)
    const older = issueTicket('request', frozen)
    now += 10
    const younger = issueTicket('request', frozen)
    const done: string[] = []
    const job = async (name: string, own: Ticket): Promise<void> => {
      for (let piece = 0; piece < 2; piece++) {
        const turn = await turns.take(own)
        done.push(name)
        turn.end()
      }
    }
    const blocking = await turns.take(older)
    const all = [job('batch', batch), job('younger', younger), job('older', older)]
    blocking.end()
    await Promise.all(all)
    expect(done).toEqual(['older', 'older', 'younger', 'younger', 'batch', 'batch'])
  })

  it('are not given to work that nobody wants any more, nor does it wait for one', async () => {
    const turns = createTurns(clock, sleep)
    const own = await turns.take(ticket(0))
    let isWanted = true
    const refused = expect(turns.take({ ...ticket(0), isWanted: () => isWanted })).rejects.toMatchObject({ code: 'abandoned' })
    isWanted = false
    await refused
    own.end()
    ;(await turns.take(ticket(1))).end()
  })

  it('let a batch go before requests that came two seconds after it', async () => {
    let now = 1000
    const frozen = { now: () => now }
    const early = issueTicket('batch', frozen).order()
    now += 2001
    expect(early).toBeLessThan(issueTicket('request', frozen).order())
  })

  it('are taken back from who has gone', async () => {
    let now = 0
    const turns = createTurns({ now: () => now }, sleep)
    await turns.take(ticket(0))
    now = 1001
    const next = await turns.take(ticket(1))
    next.end()
  })

  describe('of a batch, while a request is here', () => {
    /** Time goes on when somebody waits, and by 5 ms in each piece. */
    function pieces() {
      let now = 10_000
      const own = { now: () => now }
      const wait = async (ms: number): Promise<void> => {
        await new Promise((done) => setImmediate(done))
        now += ms
      }
      const turns = createTurns(own, wait)
      /** @returns when each piece began. */
      const run = async (lane: 'request' | 'batch', count: number): Promise<number[]> => {
        const began: number[] = []
        const work = issueTicket(lane, own)
        while (began.length < count) {
          const turn = await turns.take(work)
          began.push(now)
          now += 5
          turn.end()
        }
        return began
      }
      return { turns, run, pass: (ms: number) => void (now += ms) }
    }
    const gaps = (began: readonly number[]): number[] => began.slice(1).map((at, i) => at - (began[i] ?? 0) - 5)

    it('stand 40 ms apart until it has gone', async () => {
      const { turns, run } = pieces()
      const leave = turns.attend()
      for (const gap of gaps(await run('batch', 4))) expect(gap).toBeGreaterThanOrEqual(40)
      leave()
      for (const gap of gaps(await run('batch', 4))) expect(gap).toBeLessThan(40)
    })

    it('stand apart until the last of several has gone', async () => {
      const { turns, run } = pieces()
      const [first, second] = [turns.attend(), turns.attend()]
      first()
      first()
      for (const gap of gaps(await run('batch', 3))) expect(gap).toBeGreaterThanOrEqual(40)
      second()
      for (const gap of gaps(await run('batch', 3))) expect(gap).toBeLessThan(40)
    })

    it('do not wait for one that has been here for two seconds', async () => {
      const { turns, run, pass } = pieces()
      turns.attend()
      pass(2001)
      for (const gap of gaps(await run('batch', 4))) expect(gap).toBeLessThan(40)
    })

    it('make its own pieces wait for nothing', async () => {
      const { turns, run } = pieces()
      turns.attend()
      for (const gap of gaps(await run('request', 4))) expect(gap).toBeLessThan(40)
    })
  })
})
