import * as z from 'zod'
import type { Caller } from '../access/access.ts'
import { isWithin } from '../files/path-scope.ts'

/**
 * Whose wish it is, as far as that lifts protections: everybody's; that of a signature of the account; its owner's, by a secret key. Plain JSON, for
 * a job keeps it.
 */
export interface Standing {
  readonly kind: 'anybody' | 'signed' | 'owner'
  /** What the key reaches that signed or was sent. */
  readonly folder: string
}

export const ANYBODY: Standing = { kind: 'anybody', folder: '/' }
export const OWNER: Standing = { kind: 'owner', folder: '/' }

/** Of a job: one that was recorded before it kept this is everybody's. */
export const standingSchema = z.object({ kind: z.enum(['anybody', 'signed', 'owner']), folder: z.string() }).default(ANYBODY)

/** Whether a wish is signed, or its owner's, for this file. */
export const isTrusted = ({ kind, folder }: Standing, path: string): boolean => kind !== 'anybody' && isWithin(folder, path)

/** @param isSigned whether the caller's key signed the URL. A token reads for its owner's customers, and a public key is everybody's. */
export function standingOfCaller(caller: Caller | null, isSigned: boolean): Standing {
  if (caller === null || !(isSigned || caller.kind === 'secret')) return ANYBODY
  return { kind: isSigned ? 'signed' : 'owner', folder: caller.folder }
}
