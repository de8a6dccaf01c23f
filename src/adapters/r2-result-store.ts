import { ENDLESS_ROOM, type ResultStore } from '../service/ports.ts'
import { callR2 } from './r2-call.ts'

/** Between the path of the source and the key of the result. A path never holds an empty segment, so no path can reach into another's results. */
const SEPARATOR = '//'

/** Results as R2 objects at `{account}{path}//{key}`: all results of a source, or below a folder, are one list away. */
export function createR2ResultStore(bucket: R2Bucket, room = ENDLESS_ROOM): ResultStore {
  return {
    async get(account, path, key) {
      const object = await callR2(() => bucket.get(account + path + SEPARATOR + key))
      if (!object) return null
      const mime = object.httpMetadata?.contentType ?? 'application/octet-stream'
      const { warnings = '', engine, gainMap, quality, lossless } = object.customMetadata ?? {}
      const by = engine === 'second' ? 'second' : 'core'
      const notes = { warnings, gainMap, quality, ...(lossless !== undefined && { isLossless: true }) }
      return { body: object.body, size: object.size, mime, etag: key, engine: by, ...notes }
    },
    async put(account, path, key, { body, mime, warnings, engine, gainMap, quality, isLossless }) {
      const options = {
        httpMetadata: { contentType: mime },
        customMetadata: {
          warnings,
          engine,
          ...(gainMap !== undefined && { gainMap }),
          ...(quality !== undefined && { quality }),
          ...(isLossless && { lossless: 'true' }),
        },
      }
      await room.hold(body.length, () => callR2(() => bucket.put(account + path + SEPARATOR + key, body, options)))
    },
    async purge(account, { text, isPrefix }) {
      const prefix = account + (isPrefix ? text : text + SEPARATOR)
      let purged = 0
      for (;;) {
        const { objects } = await callR2(() => bucket.list({ prefix }))
        if (objects.length === 0) return purged
        await callR2(() => bucket.delete(objects.map(({ key }) => key)))
        purged += objects.length
      }
    },
  }
}
