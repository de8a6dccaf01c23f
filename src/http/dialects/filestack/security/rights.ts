import { timingSafeEqual } from 'hono/utils/buffer'
import { AppError } from '../../../../errors.ts'
import { ANYBODY, OWNER, type Standing } from '../../../../service/protection/standing.ts'
import { type FilestackApp, signingSecrets } from '../apps.ts'
import { type Call, type Policy, type PolicyUse, readPolicy, requireCall } from './policy.ts'

/** What a request shows of its rights. Empty texts count for nothing. */
export interface Credentials {
  readonly policy: string | undefined
  readonly signature: string | undefined
  /** The header. */
  readonly authorization: string | undefined
}

/** Whose rights a request has. */
export type Rights = { readonly holder: 'owner' | 'nobody' } | { readonly holder: 'policy'; readonly policy: Policy }

/** These change a file that is there: they need a right even where security is off (docs/protocols/filestack.md §3). */
const MODIFYING: ReadonlySet<Call> = new Set(['write', 'writeUrl', 'remove'])

/**
 * The rights of a request: those of the app's owner by Basic `app:SECRET`, those of its policy, or none. What is sent is checked, also where nothing
 * is needed.
 * @throws AppError `forbidden`, `invalid_parameter` (a policy that is none).
 */
export async function readRights(app: FilestackApp, { policy, signature, authorization }: Credentials, now: number): Promise<Rights> {
  const password = readBasic(authorization)
  if (password !== null) {
    const verdicts = await Promise.all(app.secrets.map((secret) => timingSafeEqual(secret, password)))
    if (!verdicts.includes(true)) throw new AppError('forbidden', { reason: 'Expected Basic with the user "app" and a secret of the app.' })
    return { holder: 'owner' }
  }
  if (isEmpty(policy) && isEmpty(signature)) return { holder: 'nobody' }
  if (isEmpty(policy)) throw new AppError('forbidden', { field: 'policy', reason: 'Policy required.' })
  if (isEmpty(signature)) throw new AppError('forbidden', { field: 'signature', reason: 'Signature required.' })
  return { holder: 'policy', policy: await readPolicy({ policy, signature }, signingSecrets(app), now) }
}

const isEmpty = (text: string | undefined): text is undefined | '' => text === undefined || text === ''

/** The password of Basic, '' for a user who is not `app`; `null` without Basic. */
function readBasic(authorization: string | undefined): string | null {
  const basic = /^Basic +(\S+)\s*$/i.exec(authorization ?? '')?.[1]
  if (basic === undefined) return null
  try {
    return /^app:(.*)$/s.exec(atob(basic))?.[1] ?? ''
  } catch {
    return ''
  }
}

/** @throws AppError `forbidden`, `file_too_large` when the rights do not allow one of the calls for what they are about. */
export function demandCall({ security }: FilestackApp, rights: Rights, calls: readonly Call[], use: PolicyUse = {}): void {
  if (rights.holder === 'owner') return
  if (rights.holder === 'policy') return requireCall(rights.policy, calls, use)
  if (security === 'required' || calls.some((call) => MODIFYING.has(call)))
    throw new AppError('forbidden', { field: 'policy', reason: 'Policy required.' })
}

/** Whether the EXIF of a file may be told, its place included: to the app's owner, and to a policy that names `exif`. */
export const allowsExif = (rights: Rights): boolean =>
  rights.holder === 'owner' || (rights.holder === 'policy' && rights.policy.calls.has('exif'))

/** What the rights are to the account's policies and rules: those of a policy are signed for everything that it allows. */
export const standingOf = ({ holder }: Rights): Standing =>
  holder === 'owner' ? OWNER : holder === 'policy' ? { kind: 'signed', folder: '/' } : ANYBODY
