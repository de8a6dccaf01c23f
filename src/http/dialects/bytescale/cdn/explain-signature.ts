import type { KnownKey } from '../../../credentials.ts'
import type { clockState, SignatureExplanation, Verdict } from '../../../explain/signature.ts'
import { fromBase64 } from '../../../hmac.ts'
import { readExpiry } from '../image-query/delivery.ts'
import type { Target } from '../url.ts'

/** What a signed or encrypted URL says, whether it holds or not. */
export interface ExplainedUrl {
  /** `null`: the URL is neither signed nor encrypted. */
  readonly signature: SignatureExplanation | null
  /** What the URL would ask for if it were right; `null` when nobody can tell. */
  readonly target: Target | null
}

/** A signature of which nothing is known yet but that its form is wrong. */
export const malformedSignature = (received: string, message: string): SignatureExplanation => ({
  scheme: 'bytescale signed URL',
  verdict: 'malformed',
  message,
  keyId: null,
  signedText: null,
  expected: null,
  received,
  difference: null,
  cause: null,
  clock: null,
})

/** A text before and behind a mark. */
export const splitOnce = (text: string, mark: string): readonly [string, string?] => {
  const at = text.indexOf(mark)
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + mark.length)]
}

/** What the clock says of a URL whose signature is right. */
export function verdictOfClock({ state, milliseconds }: ReturnType<typeof clockState>): {
  readonly verdict: Verdict
  readonly message: string
} {
  switch (state) {
    case 'no expiry':
      return { verdict: 'no expiry', message: 'Expected "exp" as a time.' }
    case 'expired':
      return { verdict: 'expired', message: `The URL expired ${milliseconds} ms ago.` }
    case 'not yet valid':
      return { verdict: 'not yet valid', message: `"exp" is more than 7 days ahead: the URL is accepted in ${milliseconds} ms.` }
    case 'valid':
      return { verdict: 'valid', message: 'The signature is right, and the URL has not expired.' }
  }
}

/** `undefined` for `exp` that is absent or no time. */
export function expiryOf(query: Target['query']): number | undefined {
  try {
    return readExpiry(query.find(([name]) => name === 'exp')?.[1])
  } catch {
    return undefined
  }
}

export function secretOf(keys: readonly KnownKey[], keyId: string): Uint8Array<ArrayBuffer> | null {
  const key = keys.find((candidate) => candidate.keyId === keyId)
  return key?.secureUrlKey === undefined ? null : fromBase64(key.secureUrlKey)
}
