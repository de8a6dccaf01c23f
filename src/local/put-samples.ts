import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { LocalSettings } from './settings.ts'

const samples = resolve(import.meta.dirname, '../../samples')

/**
 * Uploads the pictures of `samples/` to `/samples/` of the account, once a state folder, through the same API that every client uses. A
 * sample that cannot be stored ends no start: it is said, and the next start tries again.
 */
export async function putSamples(url: URL, { statePath, variables }: LocalSettings): Promise<void> {
  const account = variables['EMULSION_ACCOUNT_ID']
  const marker = join(statePath, `samples-${account}`)
  if (existsSync(marker)) return
  let missing = 0
  for (const name of readdirSync(samples).filter((file) => file.endsWith('.jpg'))) {
    const target = new URL(`/v2/accounts/${account}/uploads/binary?filePath=/samples/${name}`, url)
    const headers = { Authorization: `Bearer ${variables['EMULSION_SECRET_KEY']}`, 'Content-Type': 'image/jpeg' }
    const problem = await fetch(target, { method: 'POST', headers, body: readFileSync(join(samples, name)) }).then(
      async (response) => (response.ok ? null : `${response.status} ${await response.text()}`),
      (error: unknown) => String(error),
    )
    if (problem === null) continue
    missing++
    console.warn(`The sample ${name} was not stored and will be tried at the next start: ${problem}`)
  }
  if (missing === 0) writeFileSync(marker, '')
}
