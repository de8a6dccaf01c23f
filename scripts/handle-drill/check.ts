// What must be true when everything has come to rest.
import { asOwner, eventually } from '../fault-drill/client.ts'
import type { Write } from '../fault-drill/writes.ts'
import { APP } from './server.ts'
import { sha256, type Answered, type DrillState } from './stores.ts'

export interface Findings {
  readonly problems: readonly string[]
  /** Files of stores that were done, but whose answer a kill has lost: their handles work. */
  readonly unheard: number
}

/** @param writes all writes of the storage: they tell which handle a file was stored for. */
export async function checkHandles(drill: DrillState, writes: readonly Write[]): Promise<Findings> {
  const problems = (await Promise.all(drill.answered.map((one) => checkAnswered(drill, one)))).flat()
  const expected = new Set(drill.answered.filter(({ state }) => state !== 'removed').map(({ path }) => path))
  let unheard = 0
  for (const path of await listFiles(drill)) {
    if (expected.has(path)) continue
    const handle = writes.findLast(({ key }) => key.endsWith(path))?.handle
    const status = handle === undefined ? 404 : (await read(drill, handle)).status
    if (status === 200) unheard++
    else problems.push(`${path} is visible, and no handle names it`)
  }
  return { problems, unheard }
}

async function checkAnswered(drill: DrillState, { handle, path, content, state }: Answered): Promise<readonly string[]> {
  const response = await read(drill, handle)
  const raw = await eventually(() => fetch(`${drill.server.origin}/${drill.server.account}/raw${encodeURI(path)}?cache=false`))
  await raw.arrayBuffer()
  if (state !== 'stored') {
    return [
      ...(response.status === 404 ? [] : [`the handle ${handle} was ${state} and is ${response.status}`]),
      ...(state === 'removed' && raw.status !== 404 ? [`${path} was removed and is still there`] : []),
      ...(state === 'forgotten' && raw.status !== 200 ? [`${path} was to be kept and is ${raw.status}`] : []),
    ]
  }
  if (response.status !== 200) return [`the answered handle ${handle} of ${path} is ${response.status}`]
  const bytes = new Uint8Array(await response.arrayBuffer())
  const { size, sha256: hash } = await metadata(drill, handle)
  return [
    ...(sha256(bytes) === sha256(content) ? [] : [`${handle} of ${path} has other bytes: ${bytes.length}, not ${content.length}`]),
    ...(size === content.length && hash === sha256(content) ? [] : [`the metadata of ${handle} do not fit its bytes`]),
  ]
}

const read = (drill: DrillState, handle: string): Promise<Response> => eventually(() => fetch(`${drill.server.origin}/api/file/${handle}`))

const metadata = (drill: DrillState, handle: string): Promise<{ size: number; sha256: string }> =>
  eventually(async () => {
    const response = await fetch(`${drill.server.origin}/api/file/${handle}/metadata?size=true&sha256=true&key=${APP.key}`)
    return (await response.json()) as { size: number; sha256: string }
  })

async function listFiles(drill: DrillState): Promise<readonly string[]> {
  const found: string[] = []
  let cursor: string | undefined
  do {
    const query = new URLSearchParams({ folderPath: '/filestack/default', recursive: 'true', ...(cursor !== undefined && { cursor }) })
    const response = await eventually(() => asOwner(drill, `/v2/accounts/{account}/folders/list?${query.toString()}`))
    const page = (await response.json()) as {
      items: { type: string; filePath?: string }[]
      cursor?: string
      isPaginationComplete?: boolean
    }
    for (const { type, filePath } of page.items) if (type === 'File' && filePath !== undefined) found.push(filePath)
    cursor = page.isPaginationComplete === false ? page.cursor : undefined
  } while (cursor !== undefined)
  return found
}
