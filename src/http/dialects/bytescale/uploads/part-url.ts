import { AppError } from '../../../../errors.ts'
import type { Clock } from '../../../../service/ports.ts'
import { bytesOf, signText, verifyText } from '../../../hmac.ts'
import type { KnownKey } from '../../../credentials.ts'

/** A part's URL lives this long; `GET …/parts/{i}` gives a new one for as long as the upload lives. */
const LIFETIME_MS = 3600 * 1000

const pathOf = (account: string, uploadId: string, index: number): string =>
  `/v2/accounts/${account}/uploads/${uploadId}/parts/${index}/content`

/**
 * URLs that authorise the PUT of one part by themselves. They bind the part and a time and no header: clients add and drop headers
 * (bytescale-javascript-sdk #11). Signed with the account's secret keys, so every isolate agrees, and a withdrawn key ends its URLs.
 */
export function createUploadUrls(keys: readonly KnownKey[], clock: Clock) {
  const secretsOf = (account: string): Uint8Array<ArrayBuffer>[] =>
    keys.filter((key) => key.account === account && key.kind === 'secret').map(({ key }) => bytesOf(`part-url:${key}`))
  const textOf = (path: string, expires: string): string => `PUT\n${path}\n${expires}`

  return {
    async make(origin: string, account: string, uploadId: string, index: number, uploadExpiresAt: number): Promise<string> {
      const [secret] = secretsOf(account)
      if (!secret) throw new AppError('internal', { detail: `The account ${account} has no secret key to sign with.` })
      const path = pathOf(account, uploadId, index)
      const expires = String(Math.min(clock.now() + LIFETIME_MS, uploadExpiresAt))
      return `${origin}${path}?expires=${expires}&signature=${await signText(secret, textOf(path, expires))}`
    },

    /** @throws AppError `signature_invalid`, `gone`. */
    async check(account: string, uploadId: string, index: number, query: URLSearchParams): Promise<void> {
      const [expires, signature] = [query.get('expires') ?? '', query.get('signature') ?? '']
      const text = textOf(pathOf(account, uploadId, index), expires)
      const verdicts = await Promise.all(secretsOf(account).map((secret) => verifyText(secret, text, signature)))
      if (!verdicts.includes(true)) throw new AppError('signature_invalid')
      if (Number(expires) <= clock.now()) throw new AppError('gone', { field: 'expires' })
    },
  }
}

export type UploadUrls = ReturnType<typeof createUploadUrls>
