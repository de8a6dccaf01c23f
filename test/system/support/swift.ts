import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { freePort, killed, type StoreServer, untilAnswers } from '../../support/stores/servers.ts'

/** The users of TempAuth, and S3 keys by the same names. */
export const SWIFT_USER = { user: 'test:tester', key: 'testing' }

const PYTHON = '/usr/bin/python3'
const BACK_ENDS = ['account', 'container', 'object'] as const
const FILTERS = ['catch_errors', 'gatekeeper', 'healthcheck', 'listing_formats', 'bulk', 'copy', 'slo'] as const

interface Ports {
  readonly proxy: number
  readonly memcached: number
  readonly account: number
  readonly container: number
  readonly object: number
}

const common = (folder: string, port: number): string => `[DEFAULT]
bind_ip = 127.0.0.1
bind_port = ${port}
workers = 0
user = ${userInfo().username}
swift_dir = ${folder}
`

const backEnd = (name: string, folder: string, port: number): string => `${common(folder, port)}devices = ${folder}/node
mount_check = false
disable_fallocate = true
[pipeline:main]
pipeline = ${name}-server
[app:${name}-server]
use = egg:swift#${name}
recon_cache_path = ${folder}/recon
`

const proxy = (folder: string, { proxy: port, memcached }: Ports): string => `${common(folder, port)}[pipeline:main]
pipeline = catch_errors gatekeeper healthcheck cache listing_formats bulk s3api tempauth copy slo proxy-server
[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true
error_suppression_interval = 0
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:${memcached}
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:s3api]
use = egg:swift#s3api
${FILTERS.map((name) => `[filter:${name}]\nuse = egg:swift#${name}\n`).join('')}`

/** One device on a folder: a ring of each kind with one copy of everything. */
function makeRing(name: string, folder: string, port: number): void {
  const builder = (...args: readonly string[]) =>
    execFileSync(PYTHON, ['/usr/bin/swift-ring-builder', join(folder, `${name}.builder`), ...args], { stdio: 'ignore' })
  builder('create', '4', '1', '0')
  builder('add', '--region', '1', '--zone', '1', '--ip', '127.0.0.1', '--port', String(port), '--device', 'd1', '--weight', '1')
  builder('rebalance')
}

/**
 * OpenStack Swift with TempAuth and its S3 API, of Debian's packages swift-proxy, swift-account, swift-container, swift-object and memcached. Its state is in
 * memory where there is /dev/shm: the files need room for long attributes.
 */
export async function startSwift(): Promise<StoreServer> {
  if (!existsSync('/usr/bin/swift-proxy-server'))
    throw new Error('Install swift-proxy swift-account swift-container swift-object memcached.')
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'emulsion-swift-'))
  for (const name of ['node/d1', 'recon', 'log']) mkdirSync(join(folder, name), { recursive: true })
  const [proxyPort = 0, memcached = 0, account = 0, container = 0, object = 0] = await Promise.all(Array.from({ length: 5 }, freePort))
  const ports = { proxy: proxyPort, memcached, account, container, object }
  for (const name of BACK_ENDS) {
    makeRing(name, folder, ports[name])
    writeFileSync(join(folder, `${name}.conf`), backEnd(name, folder, ports[name]))
  }
  writeFileSync(join(folder, 'proxy.conf'), proxy(folder, ports))
  let children: readonly ChildProcess[] = []
  const run = (name: string, command: string, args: readonly string[]): ChildProcess => {
    const log = openSync(join(folder, 'log', name), 'a')
    return spawn(command, args, { stdio: ['ignore', log, log] })
  }
  const url = `http://127.0.0.1:${proxyPort}`
  const server: StoreServer = {
    url,
    async start() {
      children = [
        run('memcached', 'memcached', ['-u', userInfo().username, '-l', '127.0.0.1', '-p', String(memcached), '-U', '0', '-m', '16']),
        ...[...BACK_ENDS, 'proxy'].map((name) => run(name, PYTHON, [`/usr/bin/swift-${name}-server`, join(folder, `${name}.conf`), '-v'])),
      ]
      await untilAnswers(`${url}/healthcheck`, 400)
      await untilReady(url)
    },
    async stop() {
      await server.kill()
    },
    async kill() {
      await Promise.all(children.map((child) => killed(child)))
    },
    async end() {
      await server.kill()
      rmSync(folder, { recursive: true, force: true })
    },
  }
  await server.start()
  return server
}

/** TempAuth's token and the account's address. */
export async function swiftToken(url: string): Promise<{ readonly token: string; readonly storage: string }> {
  const response = await fetch(`${url}/auth/v1.0`, { headers: { 'X-Auth-User': SWIFT_USER.user, 'X-Auth-Key': SWIFT_USER.key } })
  return { token: response.headers.get('X-Auth-Token') ?? '', storage: response.headers.get('X-Storage-Url') ?? '' }
}

export async function makeSwiftContainer(url: string, container: string): Promise<void> {
  const { token, storage } = await swiftToken(url)
  const headers = { 'X-Auth-Token': token }
  const call = async (method: string, path: string): Promise<number> => (await fetch(`${storage}/${path}`, { method, headers })).status
  // Servers that have just started answer 503 until all of them know each other.
  const untilDone = async (method: string, path: string): Promise<void> => {
    for (let attempt = 0; ; attempt++) {
      const status = await call(method, path)
      if (status < 300) return
      if (attempt === 100) throw new Error(`Swift answered ${status} to ${method} ${path}`)
      await new Promise((done) => setTimeout(done, 100))
    }
  }
  await untilDone('PUT', container)
  for (let i = 0; i < 20; i++) {
    await untilDone('PUT', `${container}/ready-${i}`)
    await untilDone('HEAD', `${container}/ready-${i}`)
    await call('DELETE', `${container}/ready-${i}`)
  }
}

/** The back ends start after the proxy at times. */
async function untilReady(url: string): Promise<void> {
  for (let made = 0; made < 100; made++) {
    const { token, storage } = await swiftToken(url)
    const status = storage && (await fetch(storage, { headers: { 'X-Auth-Token': token } })).status
    if (status === 200 || status === 204) return
    await new Promise((done) => setTimeout(done, 100))
  }
  throw new Error('Swift did not become ready.')
}
