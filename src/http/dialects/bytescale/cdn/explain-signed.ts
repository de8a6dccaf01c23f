import type { KnownKey } from '../../../credentials.ts'
import { clockState, firstDifference, type SignatureExplanation } from '../../../explain/signature.ts'
import { EXPLAIN } from '../../../explain/wanted.ts'
import { fromBase64, signText, toBase64Url, verifyText } from '../../../hmac.ts'
import type { Target } from '../url.ts'
import { expiryOf, malformedSignature, secretOf, splitOnce, verdictOfClock } from './explain-signature.ts'
import { MAX_LIFETIME_MS, withoutSignature } from './secure-url.ts'

/** The text without the parameter that asks for the explanation. */
function withoutExplain(text: string): string {
  const [address, search] = splitOnce(text, '?')
  if (search === undefined) return text
  const pairs = search.split('&').filter((pair) => pair !== `${EXPLAIN}=true`)
  return pairs.length === 0 ? address : `${address}?${pairs.join('&')}`
}

/** Explains the signature of a signed URL. `texts`: as which it may have been signed; `query`: without `sig`. */
export async function explainSigned(
  texts: readonly string[],
  query: Target['query'],
  sig: string,
  keys: readonly KnownKey[],
  tells: (keyId: string) => boolean,
  now: number,
): Promise<SignatureExplanation> {
  const [version, keyId, signature, ...more] = sig.split('.')
  const clock = clockState(now, expiryOf(query), MAX_LIFETIME_MS)
  if (version !== '1' || keyId === undefined || signature === undefined || more.length > 0)
    return { ...malformedSignature(sig, 'Expected 1.<key id>.<signature>.'), clock }
  const known = { ...malformedSignature(sig, ''), keyId, clock }
  const secret = secretOf(keys, keyId)
  if (secret === null)
    return {
      ...known,
      verdict: 'unknown key',
      message: `No key of the account with the id ${JSON.stringify(keyId.slice(0, 100))} signs URLs.`,
    }
  const signed = [...new Set(texts.flatMap((text) => [withoutSignature(text), withoutExplain(withoutSignature(text))]))]
  const text = await findText(secret, signed, signature)
  const usual = withoutExplain(withoutSignature(texts[0] ?? ''))
  const expected = `1.${keyId}.${await signText(secret, text ?? usual)}`
  const told = tells(keyId)
  const shown = told ? { signedText: text ?? usual, expected } : {}
  if (text !== undefined) return { ...known, ...shown, ...verdictOfClock(clock) }
  const other = await findCause(usual, keys, keyId, signature)
  const difference = other?.text === undefined ? firstDifference('signature', expected, sig) : firstDifference('text', usual, other.text)
  return {
    ...known,
    ...shown,
    verdict: 'signature differs',
    message: 'The signature does not belong to this URL.',
    difference: told ? difference : null,
    cause: other?.cause ?? null,
  }
}

async function findText(secret: Uint8Array, texts: readonly string[], signature: string): Promise<string | undefined> {
  const verdicts = await Promise.all(texts.map((text) => verifyText(secret, text, signature)))
  return texts[verdicts.indexOf(true)]
}

/** Parameters that may have been added later. */
const MOST_TRIED = 30

interface Cause {
  readonly cause: string
  /** What was signed in the place of the right text. */
  readonly text?: string
}

/** The mistakes that are made: each is tried, and found when the signature is of it. */
async function findCause(text: string, keys: readonly KnownKey[], keyId: string, signature: string): Promise<Cause | null> {
  const secret = secretOf(keys, keyId)
  if (secret === null) return null
  for (const [cause, variant] of variantsOf(text)) if (await verifyText(secret, variant, signature)) return { cause, text: variant }
  for (const key of keys) {
    const other = key.keyId === keyId ? null : secretOf(keys, key.keyId)
    if (other && (await verifyText(other, text, signature))) return { cause: `It was signed with the key ${JSON.stringify(key.keyId)}.` }
  }
  return spelledOtherwise(await signText(secret, text), signature)
}

/** The right signature in other characters. */
function spelledOtherwise(expected: string, received: string): Cause | null {
  if (/^[0-9a-f]{64}$/i.test(received) && toBase64Url(bytesOfHex(received)) === expected)
    return { cause: 'It is in hexadecimal digits, not in base64url.' }
  if (received !== '' && received.length < expected.length && expected.startsWith(received))
    return { cause: `It is cut off behind its character ${received.length}.` }
  if (received.startsWith(expected)) return { cause: 'Something follows it.' }
  return fromBase64(received) === null ? { cause: 'It is no base64url.' } : null
}

const bytesOfHex = (hex: string): Uint8Array =>
  Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16))

/** Texts that are signed by mistake. */
function variantsOf(text: string): readonly (readonly [cause: string, text: string])[] {
  const [address, search = ''] = splitOnce(text, '?')
  const [host, path = ''] = splitOnce(address, '/')
  const pairs = search.split('&')
  const rest = (more: string): string => `${more}/${path}?${search}`
  const without = (left: string): string => pairs.filter((pair) => pair !== left).join('&')
  return [
    ['The scheme was signed too.', `https://${text}`],
    ['The scheme was signed too.', `http://${text}`],
    ['The host was left out.', `/${path}?${search}`],
    ['The host and the slash behind it were left out.', `${path}?${search}`],
    ['The query was left out.', address],
    ['The parameters were signed in the order of their names.', `${address}?${pairs.toSorted().join('&')}`],
    ['The port was left out.', rest(host.replace(/:\d+$/, ''))],
    ['"sig=" without a value was signed too.', `${text}&sig=`],
    ['A line break was signed too.', `${text}\n`],
    ['A "&" at the end was signed too.', `${text}&`],
    ...pairs
      .slice(0, MOST_TRIED)
      .map((pair): readonly [string, string] => [
        `The parameter ${JSON.stringify(splitOnce(pair, '=')[0])} was not signed.`,
        `${address}?${without(pair)}`,
      ]),
  ]
}
