import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'

/** The name of the socket in the configuration. */
export const SOCKET = 'renderer'

/**
 * The configuration of a renderer's workerd: one Worker, one Unix socket, no way out, no storage, no variables.
 * @param bundle the folder that wrangler wrote.
 * @param folder where the configuration will lie: workerd finds the modules from there.
 * @param v8Flags separated by spaces.
 * @returns Cap'n Proto text.
 */
export function rendererConfig(bundle: string, folder: string, v8Flags: string): string {
  const modules = readdirSync(bundle)
    .filter((name) => /\.(js|wasm|ttf)$/.test(name))
    .sort((a, b) => Number(b === MAIN) - Number(a === MAIN))
    .map((name) => `    ( name = ${quoted(name)}, ${moduleType(name)} = embed ${quoted(relative(folder, join(bundle, name)))} ),`)
  return `using Workerd = import ${quoted(SCHEMA)};

const config :Workerd.Config = (
  services = [ ( name = "main", worker = .main ), ( name = "nowhere", network = ( allow = [] ) ) ],
  sockets = [ ( name = ${quoted(SOCKET)}, http = (), service = "main" ) ],
  v8Flags = [ ${v8Flags.split(/\s+/).filter(Boolean).map(quoted).join(', ')} ],
  logging = ( structuredLogging = true ),
);

const main :Workerd.Worker = (
  modules = [
${modules.join('\n')}
  ],
  compatibilityDate = "2026-10-01",
  compatibilityFlags = [ "enable_request_signal" ],
  globalOutbound = "nowhere",
);
`
}

/** Of the configuration; workerd brings it. */
const SCHEMA = '/workerd/workerd.capnp'
/** Of wrangler.renderer.toml. */
const MAIN = 'renderer.js'

const quoted = (text: string): string => JSON.stringify(text)

function moduleType(name: string): 'esModule' | 'wasm' | 'data' {
  if (name.endsWith('.js')) return 'esModule'
  return name.endsWith('.wasm') ? 'wasm' : 'data'
}
