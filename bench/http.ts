// Distinct renders through `npm start` beside ipx (sharp) on the same machine, in turns: `npm run bench:http`, `… -- --rounds 5 --seconds 4
// --sizes 2,12,24 --formats jpeg,webp --renderers 1`. With `--kill` there is no ipx, and a renderer is killed every two seconds. Linux only.
import { parseArgs } from 'node:util'
import { makeLargePhotos } from '../scripts/samples/large-photos.ts'
import { COPIES, CLIENTS, distinctWishes, takeTurn, type Turn } from './http/load.ts'
import { renderersOf } from './http/process-tree.ts'
import { startEmulsion, startIpx, type BenchServer, type Format } from './http/servers.ts'

const KILL_EVERY_MS = 2000

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '4' },
    sizes: { type: 'string', default: '2,12,24' },
    formats: { type: 'string', default: 'jpeg,webp' },
    renderers: { type: 'string' },
    kill: { type: 'boolean', default: false },
    'skip-build': { type: 'boolean', default: false },
  },
})
const [rounds, seconds] = [Number(values.rounds), Number(values.seconds)]
const photos = values.sizes.split(',').map((size) => `${size}mp.jpg`)
const formats = values.formats.split(',') as readonly Format[] // of the command line: a wrong one is answered with an error
const environment = {
  ...(values.renderers !== undefined && { EMULSION_RENDERERS: values.renderers }),
  ...(values['skip-build'] && { EMULSION_SKIP_BUILD: 'true' }),
}

async function main(): Promise<void> {
  await makeLargePhotos(photos)
  const emulsion = await startEmulsion(photos, COPIES, environment)
  const servers = [emulsion, ...(values.kill ? [] : [await startIpx(photos, COPIES)])]
  const killing = values.kill ? setInterval(() => killOne(emulsion), KILL_EVERY_MS) : undefined
  try {
    console.log(
      `${CLIENTS} clients, ${rounds} interleaved rounds of ${seconds} s after one of 1 s, to widths around 800. CPU: user and system time of`,
    )
    console.log('all processes of a server. MB: the highest resident memory; shared pages counted once. Ratios: the median of the rounds.')
    console.log('| photograph | to | server | renders a second | CPU ms a render | MB | MB, shared once | × renders | × CPU |')
    console.log('|---|---|---|---|---|---|---|---|---|')
    for (const photo of photos) for (const format of formats) await compare(servers, photo, format)
  } finally {
    clearInterval(killing)
    for (const server of servers) await server.stop()
  }
}

async function compare(servers: readonly BenchServer[], photo: string, format: Format): Promise<void> {
  const wishes = servers.map(() => distinctWishes(photo, format))
  const turns: Turn[][] = servers.map(() => [])
  for (let round = -1; round < rounds; round++) {
    const order = servers.map((_, i) => i)
    for (const i of round % 2 === 0 ? order : order.toReversed()) {
      const [server, next] = [servers[i], wishes[i]]
      if (!server || !next) continue
      const turn = await takeTurn(server, next, round < 0 ? 1 : seconds)
      if (round >= 0) turns[i]?.push(turn)
    }
  }
  const [ours = [], theirs = []] = turns
  for (const [i, server] of servers.entries()) print(server.name, photo, format, turns[i] ?? [], i === 0 ? ratios(ours, theirs) : [])
}

const perSecond = (turn: Turn): number => turn.renders / turn.seconds
const cpuEach = (turn: Turn): number => turn.cpuMs / turn.renders

/** Of each round by itself: what the machine did meanwhile was the same for both. */
const ratios = (ours: readonly Turn[], theirs: readonly Turn[]): readonly string[] =>
  theirs.length === 0
    ? []
    : [perSecond, cpuEach].map((of) => median(ours.map((turn, round) => of(turn) / of(theirs[round] as Turn))).toFixed(2)) // as many rounds

function print(name: string, photo: string, format: Format, turns: readonly Turn[], compared: readonly string[]): void {
  const highest = (of: (turn: Turn) => number): string => Math.max(...turns.map(of)).toFixed(0)
  const figures = [
    median(turns.map(perSecond)).toFixed(1),
    median(turns.map(cpuEach)).toFixed(1),
    highest((turn) => turn.residentMb),
    highest((turn) => turn.proportionalMb),
    ...(compared.length > 0 ? compared : ['', '']),
  ]
  console.log(`| ${[photo, format, name, ...figures].join(' | ')} |`)
  const retries = turns.reduce((sum, turn) => sum + turn.retries, 0)
  if (values.kill)
    console.log(`${turns.reduce((sum, turn) => sum + turn.renders, 0)} renders, ${retries} × 503 that succeeded when tried again.`)
}

const median = (of: readonly number[]): number => of.toSorted((a, b) => a - b)[of.length >> 1] ?? NaN

/** One renderer after the other. @throws Error when there is none. */
let kills = 0
function killOne(server: BenchServer): void {
  const renderers = renderersOf(server.pid)
  const pid = renderers[kills++ % Math.max(1, renderers.length)]
  if (pid !== undefined) process.kill(pid, 'SIGKILL')
  else if (kills === 1) throw new Error('There is no renderer to kill: use --renderers.')
}

await main()
