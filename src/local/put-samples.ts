import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

const samples = resolve(import.meta.dirname, '../../samples')

/** Uploads the pictures of `samples/` to `/samples/` of the account, through the same API that every client uses. */
export async function putSamples(url: URL, variables: Readonly<Record<string, string>>): Promise<void> {
  for (const name of readdirSync(samples).filter((file) => file.endsWith('.jpg'))) {
    const target = new URL(`/v2/accounts/${variables['EMULSION_ACCOUNT_ID']}/uploads/binary?filePath=/samples/${name}`, url)
    const headers = { Authorization: `Bearer ${variables['EMULSION_SECRET_KEY']}`, 'Content-Type': 'image/jpeg' }
    const response = await fetch(target, { method: 'POST', headers, body: readFileSync(join(samples, name)) })
    if (!response.ok) throw new Error(`The sample ${name} was not stored: ${response.status} ${await response.text()}`)
  }
}
