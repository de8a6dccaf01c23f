import { AppError } from '../../errors.ts'
import { resolveDestination, type Destination, type DestinationDefaults } from './upload-destination.ts'
import { pathTaken } from './path.ts'
import type { Clock, FileStore, RandomBytes } from '../ports.ts'

/** Draws of a path with random digits before a taken path is an error. */
const MAX_DRAWS = 5

/** What the sender may do with a path. */
export interface PathPermit {
  create(path: string): boolean
  overwrite(path: string): boolean
}

/** For work that the owner of the account ordered. */
export const OWNER: PathPermit = { create: () => true, overwrite: () => true }

export interface PathWish {
  readonly account: string
  readonly destination: Destination | undefined
  /** The sender's own rule for what the destination leaves open. */
  readonly defaults?: DestinationDefaults | undefined
  readonly originalFileName: string | null
  readonly permit: PathPermit
}

export interface ChosenPath {
  readonly path: string
  /** The file may only be stored while nothing is there. */
  readonly exclusive: boolean
}

export interface ChoosePathDeps {
  readonly files: Pick<FileStore, 'head'>
  /** @throws AppError `read_only` where nothing can be stored. */
  readonly demandOwn: (account: string, path: string) => void
  readonly clock: Clock
  readonly random: RandomBytes
}

/**
 * Settles where a file goes. A path with random digits must be free; when no free one is found, it is an error (docs/protocols/bytescale.md §5.3).
 * @throws AppError `invalid_path`, `forbidden`, `read_only`, `conflict`.
 */
export const createChoosePath = ({ files, demandOwn, clock, random }: ChoosePathDeps) =>
  async function choosePath({ account, destination, defaults, originalFileName, permit }: PathWish): Promise<ChosenPath> {
    for (let draw = 1; draw <= MAX_DRAWS; draw++) {
      const { path, canVary } = resolveDestination(destination, { now: new Date(clock.now()), originalFileName, random }, defaults)
      if (!permit.create(path))
        throw new AppError('forbidden', { field: path, reason: `These credentials may not store a file at ${JSON.stringify(path)}.` })
      demandOwn(account, path)
      const exclusive = canVary || !permit.overwrite(path)
      if (!exclusive || (await files.head(account, path)) === null) return { path, exclusive }
      if (!canVary) throw pathTaken(path)
    }
    throw new AppError('conflict', { field: 'fileName', reason: `No free path was found in ${MAX_DRAWS} tries.` })
  }

export type ChoosePath = ReturnType<typeof createChoosePath>
