import { AppError } from '../../errors.ts'
import { isWithin } from '../files/path-scope.ts'
import { fileNameOf } from '../files/path.ts'
import type { Clock, FileInfo, FileStore, HashText, Log, Wait } from '../ports.ts'
import type { Mount, OriginFile } from './origin.ts'

/** What was asked of a file, and when. */
export interface Answer {
  readonly file: Omit<FileInfo, 'path' | 'lastModified'> & { readonly lastModified: number }
  /** Milliseconds since the epoch. */
  readonly askedAt: number
  /** Of the resets that concern the path. */
  readonly generation: string
}

/** Answers of origins near the client. May forget anything at any time. */
export interface AnswerCache {
  get(key: string): Promise<Answer | null>
  put(key: string, answer: Answer, ttlSeconds: number): Promise<void>
}

export interface MountedFilesDeps {
  /** The files inside accounts. */
  readonly own: FileStore
  readonly mounts: readonly Mount[]
  readonly answers: AnswerCache
  /** The type that a name suggests, for origins that tell none. */
  readonly mimeOfName: (fileName: string) => string | null
  /** Changes when a reset of cached answers concerns the path: what was asked before counts no longer. */
  readonly generationOf: (account: string, path: string) => Promise<string>
  readonly clock: Clock
  readonly wait: Wait
  readonly hash: HashText
  readonly log: Log
}

export interface MountedFiles extends FileStore {
  /** @throws AppError `read_only` for a path in a mounted folder. */
  demandOwn(account: string, path: string): void
}

/** While an origin fails, what it said before counts for a day. */
const STALE_SECONDS = 86_400
/** A failing origin that has answered before is asked again after so long. */
const RETRY_MS = 5000
/** The platform ends a request whose client has gone, and with it its question: nobody waits longer for another's. */
const MAX_SHARED_MS = 20_000
/** About a kilobyte each. */
const MAX_REMEMBERED = 4000

/**
 * The files of accounts, where some folders show files of stores and web servers. Those are read alone. What an origin says of a file is believed for the
 * mount's time, here and at the edge; equal questions at the same time are one.
 */
export function createMountedFiles({
  own,
  mounts,
  answers,
  mimeOfName,
  generationOf,
  clock,
  wait,
  hash,
  log,
}: MountedFilesDeps): MountedFiles {
  /** The oldest first. */
  const remembered = new Map<string, Answer>()
  const asked = new Map<string, Promise<Answer | null>>()

  const mountOf = (account: string, path: string): Mount | undefined =>
    mounts.find((mount) => mount.account === account && path.startsWith(`${mount.folder}/`))
  const nameIn = ({ folder }: Mount, path: string): string => path.slice(folder.length + 1)
  const keyOf = (account: string, path: string): Promise<string> => hash(`mounted file\n${account}\n${path}`)

  function remember(key: string, answer: Answer): Answer {
    remembered.delete(key)
    remembered.set(key, answer)
    if (remembered.size > MAX_REMEMBERED) remembered.delete(remembered.keys().next().value ?? '')
    return answer
  }

  /** A file without a validator is another one each time that its origin is asked. */
  async function answerOf(path: string, { size, mime, validator, lastModified }: OriginFile, generation: string): Promise<Answer> {
    const askedAt = clock.now()
    const etag = (await hash(`${size} ${validator === null ? `asked ${askedAt}` : `is ${validator}`}`)).slice(0, 32)
    const type = mime ?? mimeOfName(fileNameOf(path)) ?? 'application/octet-stream'
    return {
      file: { size, etag, mime: type, lastModified: lastModified.getTime(), originalFileName: null, metadata: {}, tags: [] },
      askedAt,
      generation,
    }
  }

  async function find(mount: Mount, path: string): Promise<Answer | null> {
    const key = mount.account + path
    const generation = await generationOf(mount.account, path)
    const isFresh = (answer: Answer): boolean =>
      answer.generation === generation && clock.now() - answer.askedAt < mount.freshSeconds * 1000
    const here = remembered.get(key)
    if (here && isFresh(here)) return here
    const running = asked.get(key)
    const shared = running && (await Promise.race([running, wait(MAX_SHARED_MS)]))
    if (shared !== undefined) return shared
    const answer = ask(mount, path, here ?? null, generation, isFresh).finally(() => {
      if (asked.get(key) === answer) asked.delete(key)
    })
    asked.set(key, answer)
    return answer
  }

  async function ask(
    mount: Mount,
    path: string,
    here: Answer | null,
    generation: string,
    isFresh: (answer: Answer) => boolean,
  ): Promise<Answer | null> {
    const key = mount.account + path
    const edgeKey = await keyOf(mount.account, path)
    const near = (await answers.get(edgeKey)) ?? here
    if (near && isFresh(near)) return remember(key, near)
    try {
      const file = await mount.origin.head(nameIn(mount, path))
      if (!file) {
        remembered.delete(key)
        return null
      }
      const answer = remember(key, await answerOf(path, file, generation))
      await answers.put(edgeKey, answer, STALE_SECONDS)
      return answer
    } catch (thrown) {
      const fails = thrown instanceof AppError && thrown.fault.kind === 'upstream'
      if (!fails || !near || clock.now() - near.askedAt > STALE_SECONDS * 1000) throw thrown
      log({ level: 'warn', message: 'an origin failed, and what it said before counts', folder: mount.folder, detail: String(thrown) })
      return remember(key, { ...near, generation, askedAt: clock.now() - mount.freshSeconds * 1000 + RETRY_MS })
    }
  }

  const infoOf = (path: string, { file: { lastModified, ...file } }: Answer): FileInfo => ({
    ...file,
    path,
    lastModified: new Date(lastModified),
  })

  function demandOwn(account: string, path: string): void {
    const mount = mounts.find((candidate) => candidate.account === account && isWithin(candidate.folder, path))
    if (mount) throw new AppError('read_only', { field: path, reason: `${JSON.stringify(mount.folder)} is mounted: it can only be read.` })
  }

  return {
    demandOwn,
    async head(account, path) {
      const mount = mountOf(account, path)
      if (!mount) return own.head(account, path)
      const answer = await find(mount, path)
      return answer && infoOf(path, answer)
    },
    async open(account, path, range) {
      const mount = mountOf(account, path)
      if (!mount) return own.open(account, path, range)
      const open = await mount.origin.open(nameIn(mount, path), range)
      const key = account + path
      if (!open) {
        remembered.delete(key)
        return null
      }
      const before = remembered.get(key)
      const isSame = open.file.validator === null && before?.file.size === open.file.size
      const answer = isSame ? before : await answerOf(path, open.file, await generationOf(account, path))
      if (answer.file.etag !== before?.file.etag) await answers.put(await keyOf(account, path), remember(key, answer), STALE_SECONDS)
      return { info: infoOf(path, answer), body: open.body }
    },
    async put(account, path, body, meta, options) {
      demandOwn(account, path)
      return own.put(account, path, body, meta, options)
    },
    async delete(account, paths) {
      for (const path of paths) demandOwn(account, path)
      return own.delete(account, paths)
    },
    async list(account, folder, options) {
      demandOwn(account, folder)
      return own.list(account, folder, options)
    },
  }
}
