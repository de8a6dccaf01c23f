import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join, resolve } from 'node:path'
import { text } from 'node:stream/consumers'
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
    const problem = await post(target, headers, readFileSync(join(samples, name))).catch(String)
    if (problem === null) continue
    missing++
    console.warn(`The sample ${name} was not stored and will be tried at the next start: ${problem}`)
  }
  if (missing === 0) writeFileSync(marker, '')
}

/** Says what is wrong, or null. Without `fetch`, whose client would stay in the memory of the process: 30 MB. */
const post = (url: URL, headers: Readonly<Record<string, string>>, body: Buffer): Promise<string | null> =>
  new Promise((done, failed) => {
    const call = request(url.href, { method: 'POST', headers, agent: false }, (response) => {
      text(response).then((said) => done(response.statusCode === 200 ? null : `${response.statusCode} ${said}`), failed)
    })
    call.on('error', failed).end(body)
  })
