import { ENDLESS_ROOM, MAX_NAMED, type FileVersion, type ResultStore } from '../service/ports.ts'
import { callR2 } from './r2-call.ts'

/** Between the path of the source and the key of the result. A path never holds an empty segment, so no path can reach into another's results. */
const SEPARATOR = '//'
/** Custom metadata: the version of the file under whose path the object lies. */
const VERSION = 'version'
/** Custom metadata of an entry, an empty object below the path of a layer: the path of the result's source, below which the result lies. */
const SOURCE = 'source'
/** Custom metadata of a result and of its entries: the layers below whose paths the entries lie, so that they go together. */
const LAYERS = 'layers'
/** R2 takes 8,192 bytes of metadata, of which a source's path may have 3,072. The entries of more layers stay behind, empty, until their own layer is purged. */
const MAX_LAYERS_LENGTH = 4000
/** Enough for the sizes that pages ask for. */
const MOST_LISTED = 100
/** R2 deletes 1,000 objects in one call. */
const DELETED_AT_ONCE = 1000

/** Results as R2 objects at `{account}{path}//{key}`: all results of a source or with a layer, or of a folder, are one list away. */
export function createR2ResultStore(bucket: R2Bucket, room = ENDLESS_ROOM): ResultStore {
  return {
    async get(account, path, key) {
      const object = await callR2(() => bucket.get(account + path + SEPARATOR + key))
      if (!object) return null
      const mime = object.httpMetadata?.contentType ?? 'application/octet-stream'
      const { warnings = '', engine, gainMap, quality, lossless, took } = object.customMetadata ?? {}
      const by = engine === 'second' ? 'second' : 'core'
      const notes = { warnings, gainMap, quality, took, ...(lossless !== undefined && { isLossless: true }) }
      return { body: object.body, size: object.size, mime, etag: key, engine: by, ...notes }
    },
    async list(account, path) {
      const { objects } = await callR2(() =>
        bucket.list({ prefix: account + path + SEPARATOR, include: ['customMetadata', 'httpMetadata'], limit: MOST_LISTED }),
      )
      return objects.flatMap(({ key, httpMetadata, customMetadata = {} }) => {
        const { look, shape, [VERSION]: version } = customMetadata
        const [, width, height] = /^(\d+)x(\d+)$/.exec(shape ?? '') ?? []
        const mime = httpMetadata?.contentType
        if (look === undefined || version === undefined || mime === undefined || width === undefined || height === undefined) return []
        return [
          {
            key: key.slice(key.lastIndexOf(SEPARATOR) + SEPARATOR.length),
            mime,
            version,
            look,
            width: Number(width),
            height: Number(height),
          },
        ]
      })
    },
    async put(account, source, key, { body, mime, warnings, engine, gainMap, quality, isLossless, shown, took }, layers = []) {
      const others = layers.filter(({ path }) => path !== source.path)
      const customMetadata = {
        warnings,
        engine,
        ...(gainMap !== undefined && { gainMap }),
        ...(quality !== undefined && { quality }),
        ...(isLossless && { lossless: 'true' }),
        ...(took !== undefined && { took }),
        ...(shown && { look: shown.look, shape: `${shown.width}x${shown.height}` }),
        [VERSION]: source.etag,
        ...packLayers(others),
      }
      // The entries first: a result that stands alone would outlive its layers.
      const name = await entryOf(source.path, key)
      for (const { path, etag } of others) {
        const entry = { [VERSION]: etag, [SOURCE]: encodeURIComponent(source.path), ...packLayers(others) }
        await room.hold(0, () => callR2(() => bucket.put(account + path + SEPARATOR + name, new Uint8Array(), { customMetadata: entry })))
      }
      const options = { httpMetadata: { contentType: mime }, customMetadata }
      await room.hold(body.length, () => callR2(() => bucket.put(account + source.path + SEPARATOR + key, body, options)))
    },
    async purge(account, { text, isPrefix }, unlessOf) {
      const prefix = account + (isPrefix ? text : text + SEPARATOR)
      const concerns = (path: string): boolean => (isPrefix ? path.startsWith(text) : path === text)
      const layeredSources = new Set<string>()
      let [results, layered] = [0, 0]
      let cursor: string | undefined
      do {
        const page = await callR2(() => bucket.list({ prefix, include: ['customMetadata'], ...(cursor !== undefined && { cursor }) }))
        const gone = new Set<string>()
        for (const { key, customMetadata = {} } of page.objects) {
          if (unlessOf !== undefined && customMetadata[VERSION] === unlessOf) continue
          gone.add(key)
          const cut = key.lastIndexOf(SEPARATOR)
          const [path, name] = [key.slice(account.length, cut), key.slice(cut + SEPARATOR.length)]
          const source = customMetadata[SOURCE]
          const layers = unpackLayers(customMetadata)
          const entry = source !== undefined || layers.length === 0 ? name : await entryOf(path, name)
          for (const layer of layers) gone.add(account + layer + SEPARATOR + entry)
          if (source === undefined) {
            results++
          } else if (!concerns(decodeURIComponent(source))) {
            layered++
            if (layeredSources.size < MAX_NAMED) layeredSources.add(decodeURIComponent(source))
            gone.add(account + decodeURIComponent(source) + SEPARATOR + resultOf(name))
          }
        }
        const keys = [...gone]
        for (let i = 0; i < keys.length; i += DELETED_AT_ONCE) await callR2(() => bucket.delete(keys.slice(i, i + DELETED_AT_ONCE)))
        cursor = page.truncated ? page.cursor : undefined
      } while (cursor !== undefined)
      return { results, layered, layeredSources: [...layeredSources].toSorted() }
    },
  }
}

/** The name of a result's entries. Files of equal bytes have results of equal keys, so the source's path is in it. */
async function entryOf(sourcePath: string, key: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(sourcePath)))
  return `${key}-${Array.from(digest.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

/** The key of the result behind an entry. */
const resultOf = (entry: string): string => entry.slice(0, entry.lastIndexOf('-'))

/** Paths may have characters that metadata may not. */
function packLayers(layers: readonly FileVersion[]): Record<string, string> {
  const text = layers.map(({ path }) => encodeURIComponent(path)).join(' ')
  return text === '' || text.length > MAX_LAYERS_LENGTH ? {} : { [LAYERS]: text }
}

const unpackLayers = (metadata: Readonly<Record<string, string>>): readonly string[] =>
  (metadata[LAYERS] ?? '').split(' ').filter(Boolean).map(decodeURIComponent)
