// The drill of handles: stores, overwrites and removals through Filestack's API while the whole server is killed again and again. At the end
// every answered handle must be readable with its bytes, and nothing else visible: `npm run drill:handles`, `… -- --stores 40 --kills 2`,
// `… -- --sabotage NAME`.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { sleep } from './fault-drill/client.ts'
import { printProgress, printVerdict } from './fault-drill/verdict.ts'
import { readWrites, type Write } from './fault-drill/writes.ts'
import { checkHandles } from './handle-drill/check.ts'
import { isSabotage, SABOTAGES, type Sabotage } from './handle-drill/sabotage.ts'
import { buildForDrill, startForDrill } from './handle-drill/server.ts'
import { openSources } from './handle-drill/sources.ts'
import { liveOf, type DrillState } from './handle-drill/stores.ts'

export interface HandleDrillOptions {
  readonly stores: number
  readonly kills: number
  readonly sabotage: Sabotage | null
  readonly progress: (line: string) => void
}

export interface HandleDrillReport {
  readonly stores: number
  readonly kills: number
  /** Calls that a kill has hit. */
  readonly lost: number
  /** Stores that were done, but not heard of. */
  readonly unheard: number
  readonly problems: readonly string[]
}

const CLIENTS = 8
/** From when enough is done until the kill, at most. */
const MAX_BUSY_MS = 150
/** A removal that a kill has hit goes on after half a minute; what is pending is swept before. */
const REST_MS = 35_000

export async function runHandleDrill({ stores, kills, sabotage, progress }: HandleDrillOptions): Promise<HandleDrillReport> {
  const state = mkdtempSync(join(tmpdir(), 'emulsion-handles-'))
  const [dist, sources] = [await buildForDrill(sabotage), await openSources()]
  const start = () => startForDrill(state, dist, sources.port)
  const drill: DrillState = { server: await start(), sources, answered: [], lost: 0 }
  const writes: Write[] = []
  try {
    let next = 0
    const client = async (): Promise<void> => {
      while (next < stores) await liveOf(drill, next++)
    }
    const work = Promise.all(Array.from({ length: CLIENTS }, client))
    for (let kill = 1; kill <= kills; kill++) {
      while (drill.answered.length < (kill * stores) / (kills + 1)) await Promise.race([work, sleep(5)])
      await sleep(Math.random() * MAX_BUSY_MS)
      await drill.server.stop('SIGKILL')
      writes.push(...readWrites(drill.server.output()))
      drill.server = await start()
      progress(`kill ${kill} of ${kills}, ${drill.answered.length} of ${stores} stores answered, ${drill.lost} calls lost`)
    }
    await work
    progress('all stores answered; what is left is swept')
    await sleep(REST_MS)
    writes.push(...readWrites(drill.server.output()))
    const { problems, unheard } = await checkHandles(drill, writes)
    const idle = drill.lost < kills ? [`${kills} kills hit ${drill.lost} calls: they prove nothing`] : []
    return { stores: drill.answered.length, kills, lost: drill.lost, unheard, problems: [...problems, ...idle] }
  } finally {
    await drill.server.stop('SIGKILL')
    await sources.close()
    rmSync(state, { recursive: true, force: true })
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      stores: { type: 'string', default: '300' },
      kills: { type: 'string', default: '8' },
      sabotage: { type: 'string' },
    },
  })
  const name = values.sabotage ?? null
  if (name !== null && !isSabotage(name)) throw new Error(`Expected one of ${Object.keys(SABOTAGES).join(', ')}, received ${name}.`)
  const report = await runHandleDrill({
    stores: Number(values.stores),
    kills: Number(values.kills),
    sabotage: name,
    progress: printProgress,
  })
  return printVerdict(report, name === null ? null : { name, ...SABOTAGES[name] })
}

if (process.argv[1] === import.meta.filename) process.exit(await main())
