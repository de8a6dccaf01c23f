import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { LocalSettings } from './settings.ts'

const samples = resolve(import.meta.dirname, '../../samples')

/** Uploads the pictures of `samples/` to `/samples/` of the account, once a state folder, through the same API that every client uses. */
export async function putSamples(url: URL, { statePath, variables }: LocalSettings): Promise<void> {
  const account = variables['EMULSION_ACCOUNT_ID']
  const marker = join(statePath, `samples-${account}`)
  if (existsSync(marker)) return
  for (const name of readdirSync(samples).filter((file) => file.endsWith('.jpg'))) {
    const target = new URL(`/v2/accounts/${account}/uploads/binary?filePath=/samples/${name}`, url)
    const headers = { Authorization: `Bearer ${variables['EMULSION_SECRET_KEY']}`, 'Content-Type': 'image/jpeg' }
    const response = await fetch(target, { method: 'POST', headers, body: readFileSync(join(samples, name)) })
    if (!response.ok) throw new Error(`The sample ${name} was not stored: ${response.status} ${await response.text()}`)
  }
  writeFileSync(marker, '')
}
