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

/** Whether a wish is signed, or its owner's, for this file. */
export const isTrusted = ({ kind, folder }: Standing, path: string): boolean => kind !== 'anybody' && isWithin(folder, path)
