import { AppError } from '../../../errors.ts'
import { bytesOf } from '../../hmac.ts'

export interface Container {
  readonly name: string
  /** Folder of the account. */
  readonly folder: string
}

/** One app of the installation. */
export interface FilestackApp {
  readonly key: string
  readonly secrets: readonly string[]
  readonly account: string
  readonly security: 'off' | 'required'
  /** The first one is the default. */
  readonly containers: readonly Container[]
  readonly stores: readonly AppStore[]
}

/** A store elsewhere that an app may use. */
export interface AppStore {
  /** As the protocol names it. */
  readonly location: string
  readonly store: string
  /** The first one is the default; a single `''` where the store has none. */
  readonly containers: readonly string[]
  /** The setting without which it cannot be used; `null`: it can. */
  readonly lacks: string | null
  readonly canPublish: boolean
}

/** The bytes that sign an app's policies. */
export const signingSecrets = ({ secrets }: FilestackApp): readonly Uint8Array[] => secrets.map(bytesOf)

/** The app of a request's `key`. A key is no secret: it stands in every page that uploads. `field` is what the client calls it. @throws AppError `unauthorized`. */
export function appOfKey(apps: readonly FilestackApp[], key: string | undefined, field = 'key'): FilestackApp {
  const app = apps.find((candidate) => candidate.key === key)
  if (!app) throw new AppError('unauthorized', { field, reason: key === undefined ? `Expected the parameter ${field}.` : undefined })
  return app
}

/** @throws AppError `invalid_parameter` for a container that the app does not have. */
export function containerOf({ containers }: FilestackApp, name: string | undefined): Container {
  const found = name === undefined ? containers[0] : containers.find((container) => container.name === name)
  if (!found)
    throw new AppError('invalid_parameter', {
      field: 'container',
      reason: `Expected one of ${containers.map((container) => container.name).join(', ')}, received ${JSON.stringify(name?.slice(0, 100))}.`,
    })
  return found
}
