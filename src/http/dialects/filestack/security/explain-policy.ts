import { AppError } from '../../../../errors.ts'
import { clockState, firstDifference, type SignatureExplanation } from '../../../explain/signature.ts'
import { bytesOf, hmacSha256, toBase64Url } from '../../../hmac.ts'
import type { FilestackApp } from '../apps.ts'
import { type Call, type Claims, isSigned, type PolicyUse, readClaims, readPolicy, requireCall, type SignedPolicy } from './policy.ts'

/** What a policy is asked for. */
export interface PolicyWish {
  readonly calls: readonly Call[]
  readonly use: PolicyUse
}

/**
 * Explains a policy and its signature to the holder of a secret of the app. `others`: further apps of the same account.
 * @param now in milliseconds.
 */
export async function explainPolicy(
  { policy, signature }: SignedPolicy,
  app: FilestackApp,
  others: readonly FilestackApp[],
  { calls, use }: PolicyWish,
  now: number,
): Promise<SignatureExplanation> {
  const signedText = policy.replaceAll(' ', '+')
  const [secret = ''] = app.secrets
  const expected = await hexHmac(secret, signedText)
  const base = {
    scheme: 'filestack policy' as const,
    keyId: app.key,
    signedText,
    expected,
    received: signature,
    difference: null,
    cause: null,
    clock: null,
  }
  let claims: Claims
  try {
    claims = readClaims(signedText)
  } catch (thrown) {
    return { ...base, verdict: 'malformed', message: AppError.from(thrown).publicText }
  }
  const { expiry } = claims
  const clock = clockState(now, typeof expiry === 'number' ? expiry * 1000 : undefined)
  const known = { ...base, contains: claims, clock }
  if (!(await isSigned(signedText, signature, app.secrets.map(bytesOf))))
    return {
      ...known,
      verdict: 'signature differs',
      message: 'The signature is not the one of this policy by a secret of the app.',
      difference: firstDifference('signature', expected, signature),
      cause: await findCause(signedText, signature, app, others),
    }
  if (clock.state === 'no expiry') return { ...known, verdict: 'no expiry', message: 'Expected "expiry" as a number of seconds.' }
  if (clock.state === 'expired') return { ...known, verdict: 'expired', message: `The policy expired ${clock.milliseconds} ms ago.` }
  try {
    requireCall(await readPolicy({ policy: signedText, signature }, app.secrets.map(bytesOf), now), calls, use)
  } catch (thrown) {
    return { ...known, verdict: 'not allowed', message: AppError.from(thrown).publicText }
  }
  return { ...known, verdict: 'valid', message: 'The signature is right, the policy has not expired, and it allows this.' }
}

const hexHmac = async (secret: string, text: string): Promise<string> => hexOf(await hmacSha256(bytesOf(secret), text))

const hexOf = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')

/** The mistakes that are made: each is tried, and found when the signature is of it. */
async function findCause(
  signedText: string,
  signature: string,
  app: FilestackApp,
  others: readonly FilestackApp[],
): Promise<string | null> {
  for (const secret of app.secrets) {
    for (const [cause, text] of variantsOf(signedText)) if ((await hexHmac(secret, text)) === signature) return cause
    const bytes = await hmacSha256(bytesOf(secret), signedText)
    const right = hexOf(bytes)
    if (signature.toLowerCase() === right) return 'It has capital letters.'
    if (signature.replace(/=+$/, '').replaceAll('+', '-').replaceAll('/', '_') === toBase64Url(bytes))
      return 'It is in base64, not in hexadecimal digits.'
    if (signature !== '' && right.startsWith(signature)) return `It is cut off behind its character ${signature.length}.`
    if (signature.startsWith(right)) return 'Something follows it.'
  }
  for (const other of others)
    for (const secret of other.secrets)
      if ((await hexHmac(secret, signedText)) === signature) return `It was signed with a secret of the app ${JSON.stringify(other.key)}.`
  return /^[0-9a-f]{64}$/.test(signature) ? null : 'It is not 64 hexadecimal digits.'
}

/** Texts that are signed by mistake. */
function variantsOf(policy: string): readonly (readonly [cause: string, text: string])[] {
  const bare = policy.replace(/=+$/, '')
  const standard = policy.replaceAll('-', '+').replaceAll('_', '/')
  return [
    ['The JSON was signed, not its base64.', jsonOf(policy)],
    ['The base64 was signed without its padding.', bare],
    ['The base64 was signed with its padding.', bare.padEnd(Math.ceil(bare.length / 4) * 4, '=')],
    ['The base64 was signed in the other alphabet.', standard],
    ['The base64 was signed in the other alphabet.', policy.replaceAll('+', '-').replaceAll('/', '_')],
    ['The escaped base64 was signed.', encodeURIComponent(policy)],
    ['A line break was signed too.', `${policy}\n`],
  ]
}

function jsonOf(policy: string): string {
  try {
    const bytes = Uint8Array.from(atob(policy.replaceAll('-', '+').replaceAll('_', '/')), (char) => char.charCodeAt(0))
    return new TextDecoder().decode(bytes)
  } catch {
    return ''
  }
}
