import definition from '../emulsion.config.ts'
import { createRenderer } from './compose/renderer.ts'
import { loadRendererConfig } from './config/load.ts'

/** The second entry point: a Worker that takes files and plans and gives pictures (wrangler.renderer.toml). */
const answer = createRenderer(loadRendererConfig(definition))

export default { fetch: (request, _env, context) => answer(request, context) } satisfies ExportedHandler
