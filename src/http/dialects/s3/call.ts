import type { Context } from 'hono'
import type { Caller } from '../../../service/access/access.ts'
import type { AccountSnapshots } from '../../../service/access/account-snapshot.ts'
import type { CopyFile } from '../../../service/files/copy.ts'
import type { PartUploads } from '../../../service/files/parts/uploads.ts'
import type { StoreUpload } from '../../../service/files/upload.ts'
import type { Clock, FileStore, Wait } from '../../../service/ports.ts'
import type { RulesOf } from '../../../service/protection/rules.ts'
import type { AppEnv } from '../../dialect.ts'
import type { KnownKey } from '../../credentials.ts'
import type { BodyDeps } from './body/read-body.ts'
import type { S3Request } from './request.ts'
import type { Signed } from './sign/verify.ts'

export interface S3Deps extends BodyDeps {
  /** The accounts that have this door. */
  readonly accounts: ReadonlySet<string>
  readonly keys: readonly KnownKey[]
  readonly files: FileStore
  readonly upload: StoreUpload
  readonly copyFile: CopyFile
  readonly uploads: PartUploads
  readonly snapshots: AccountSnapshots
  readonly rulesOf: RulesOf
  readonly maxUploadBytes: (account: string) => number
  /** Called after a file has been deleted. */
  readonly removed: (account: string, path: string) => Promise<void>
  readonly clock: Clock
  readonly wait: Wait
}

/** One request whose signature holds, about a bucket that its key belongs to. */
export interface Call {
  readonly c: Context<AppEnv>
  readonly request: S3Request
  readonly signed: Signed
  readonly caller: Caller
  readonly account: string
}
