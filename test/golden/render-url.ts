import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseImageQuery } from '../../src/http/dialects/bytescale/image-query/parse.ts'
import { execute } from '../../src/image/execute.ts'
import { operation } from '../../src/image/plan.ts'
import { planExecution } from '../../src/image/planner.ts'
import { codec } from '../../src/image/plan.ts'
import { wholeImage } from '../../src/image/geometry.ts'
import { decodeAs } from '../support/apply-steps.ts'
import { openImageContext } from '../support/image-context.ts'

const ROOT = resolve(import.meta.dirname, '../..')
const LIMITS = { maxSteps: 50, maxPixels: 100_000_000, maxSide: 10_000 }
/** What the paths of the URLs are in the repository. */
const FILES: Readonly<Record<string, string>> = {
  '/samples/lake.jpg': 'samples/lake.jpg',
  '/samples/still-life.jpg': 'samples/still-life.jpg',
  '/example/fonts/Lobster.ttf': 'src/image/fonts/serif-bold.ttf',
}
const read = (path: string): Uint8Array => new Uint8Array(readFileSync(resolve(ROOT, FILES[path] ?? `not a file of the goldens: ${path}`)))

/** Answers an image URL as the service does, from the pictures of the repository. */
export async function renderUrl(url: string): Promise<Uint8Array> {
  const { pathname, searchParams } = new URL(url, 'https://golden.invalid')
  const file = read(pathname)
  const execution = planExecution(parseImageQuery([...searchParams]).plan, file, LIMITS)
  const { context, release } = openImageContext()
  const inputs = await Promise.all(
    execution.steps.map(async ({ op, params }, i) => {
      const named = operation(op).inputs?.(params) ?? []
      const images = await Promise.all(
        named.map(({ path, size }) => {
          const layer = read(path)
          const probe = codec('jpeg').probe(layer)
          const wanted = size?.(probe, execution.shapes[i] ?? probe) ?? probe
          return decodeAs(context, 'jpeg', layer, { ...wholeImage(probe), width: wanted.width, height: wanted.height })
        }),
      )
      return { inputs: images, files: (operation(op).files?.(params) ?? []).map(read) }
    }),
  )
  const { body } = await execute(execution, file, inputs, context, async (_phase, work) => work())
  await release(true)
  return body
}
