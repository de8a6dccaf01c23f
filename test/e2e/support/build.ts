import { buildWorker } from '../../../src/local/build.ts'

/**
 * Builds the Worker once for all servers of a run of tests: each `npm start` would build the same. Somebody who has just built it sets
 * `EMULSION_SKIP_BUILD`. `npm run test:docs` starts one that builds.
 */
export default async function setup(): Promise<void> {
  if (process.env['EMULSION_SKIP_BUILD'] === 'true') return
  await buildWorker()
  process.env['EMULSION_SKIP_BUILD'] = 'true'
}
