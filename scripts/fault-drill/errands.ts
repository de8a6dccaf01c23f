import { randomBytes } from 'node:crypto'
import sharp from 'sharp'
import { asOwner, eventually, putPicture, readFile, type Served } from './client.ts'
import type { Photo } from './jobs.ts'

/** Work beside the batch processes: it is begun in one life of the server and must be done whatever happens to that life. */
export interface Errand {
  readonly name: string
  /** Answers when the server has taken it on: from then on it must not get lost. */
  begin(served: Served): Promise<void>
  /** Why it is not done; `null` when it is. */
  problem(served: Served): Promise<string | null>
}

const JSON_BODY = { 'Content-Type': 'application/json' }
const PART_BYTES = 5 * 1024 * 1024

/** The errands of one life; those of rules begin just before its end. */
export function errandsOf(life: number, photos: readonly Photo[]): { readonly early: readonly Errand[]; readonly late: readonly Errand[] } {
  const photo = photos[life % photos.length] as Photo // photos is not empty
  const early = [
    upload(`/multipart/${life}-one.bin`, randomBytes(50_000), '1.0'),
    upload(`/multipart/${life}-two.bin`, randomBytes(PART_BYTES + 1000), '1.1'),
    save(photo, `/saves/${life}.webp`),
    copyFolder(photos, `/copies/${life}`),
  ]
  return { early, late: [0, 1].map((n) => trigger(photo, `/incoming/${life}-${n}.jpg`)) }
}

/** A file below the rule's prefix gets its derivatives. */
const trigger = (photo: Photo, path: string): Errand => ({
  name: `the rule for ${path}`,
  begin: async (served) => void (await eventually(() => putPicture(served, path, photo.bytes))),
  async problem(served) {
    for (const width of [200, 800]) {
      const derivative = path.replace('/incoming/', '/incoming/thumbs/').replace('.jpg', `-${width}.webp`)
      const problem = await pictureProblem(await readFile(served, derivative), width)
      if (problem !== null) return `${derivative} ${problem}`
    }
    return null
  },
})

const save = (photo: Photo, destination: string): Errand => ({
  name: `the save to ${destination}`,
  async begin(served) {
    const body = JSON.stringify({ destination })
    const init = { method: 'POST', headers: { ...JSON_BODY, Prefer: 'respond-async' }, body }
    const answer = (await (await eventually(() => asOwner(served, `/{account}/save/image${photo.path}?w=240&f=webp`, init))).json()) as {
      async: boolean
    }
    if (!answer.async) throw new Error('A save with respond-async was not asynchronous.')
  },
  problem: async (served) => pictureProblem(await readFile(served, destination), 240),
})

const copyFolder = (photos: readonly Photo[], destination: string): Errand => ({
  name: `the copy to ${destination}`,
  async begin(served) {
    const body = JSON.stringify({ source: '/photos', destination })
    await eventually(() => asOwner(served, '/v2/accounts/{account}/folders/copy', { method: 'POST', headers: JSON_BODY, body }))
  },
  async problem(served) {
    for (const { path, bytes } of photos) {
      const copy = await readFile(served, path.replace('/photos', destination))
      if (!copy.equals(bytes)) return `${path}: its copy has ${copy.length} bytes of ${bytes.length}`
    }
    return null
  },
})

/** A client that sends each part, and each completion, until it has an answer. */
const upload = (path: string, bytes: Buffer, protocol: '1.0' | '1.1'): Errand => ({
  name: `the upload of ${path}`,
  async begin(served) {
    const body = JSON.stringify({ size: bytes.length, path, protocol })
    const uploads = '/v2/accounts/{account}/uploads'
    const begun = await eventually(() => asOwner(served, uploads, { method: 'POST', headers: JSON_BODY, body }))
    const { uploadId, uploadParts } = (await begun.json()) as { uploadId: string; uploadParts: { count: number } }
    for (let i = 0; i < uploadParts.count; i++) {
      const part = `${uploads}/${uploadId}/parts/${i}`
      const etag = await eventually(async () => {
        // The address names the server that gave it: after a kill another one is asked for.
        const { uploadUrl } = (await (await asOwner(served, part)).json()) as { uploadUrl: string }
        const slice = new Uint8Array(bytes.subarray(i * PART_BYTES, (i + 1) * PART_BYTES))
        return (await asOwner(served, uploadUrl, { method: 'PUT', body: slice })).headers.get('ETag')
      })
      const done = { method: 'PUT', headers: JSON_BODY, body: JSON.stringify({ etag }) }
      if (protocol === '1.1') await eventually(() => asOwner(served, part, done))
    }
  },
  async problem(served) {
    const stored = await readFile(served, path)
    return stored.equals(bytes) ? null : `has ${stored.length} bytes of ${bytes.length}`
  },
})

async function pictureProblem(bytes: Buffer, width: number): Promise<string | null> {
  if (bytes.length === 0) return 'is missing'
  const metadata = await sharp(bytes).metadata()
  return metadata.format === 'webp' && metadata.width === width ? null : `is ${metadata.format} of ${metadata.width}`
}
