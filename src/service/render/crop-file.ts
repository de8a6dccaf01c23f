import * as z from 'zod'
import { AppError } from '../../errors.ts'
import { step, type Step } from '../../image/plan.ts'
import { checkFilePath } from '../files/path.ts'
import type { FileStore } from '../ports.ts'
import { readWhole } from '../files/content/read-whole.ts'

const EXTENSION = '.crop'
const MAX_BYTES = 65_536
const pixels = z.number().min(-1e6).max(1e6)

/** What the upload widget's cropper writes (docs/protocols/bytescale.md §3.3). */
const cropFile = z.object({
  inputPath: z.string(),
  pipeline: z.object({
    steps: z
      .array(
        z.object({
          type: z.literal('crop'),
          geometry: z.object({
            offset: z.object({ x: pixels, y: pixels }),
            size: z.object({ width: pixels.min(1), height: pixels.min(1) }),
          }),
        }),
      )
      .max(10),
  }),
})

export interface CropSource {
  /** Of the image that the file names. */
  readonly path: string
  /** To be done before everything else. */
  readonly steps: readonly Step[]
}

/**
 * The named image is cut in pixels of the source; then the URL's parameters apply. A path that is no `.crop` file answers itself.
 * @throws AppError `file_not_found`, `invalid_image` when the file is not such a JSON, `invalid_path`.
 */
export async function resolveCropFile(files: FileStore, account: string, path: string): Promise<CropSource> {
  if (!path.endsWith(EXTENSION)) return { path, steps: [] }
  const info = await files.head(account, path)
  if (!info) throw new AppError('file_not_found', { field: path })
  const content = parseCropFile(new TextDecoder().decode(await readWhole(files, account, info, MAX_BYTES)))
  // "`inputPath` is relative to the JSON's folder"
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  const source = checkFilePath(content.inputPath.startsWith('/') ? content.inputPath : folder + content.inputPath, 'inputPath')
  if (source.endsWith(EXTENSION)) throw refused('an inputPath of an image')
  const steps = content.pipeline.steps.map(({ geometry: { offset, size } }) =>
    step('crop', { x: offset.x, y: offset.y, width: size.width, height: size.height, position: 'top-left' }, 'pipeline'),
  )
  return { path: source, steps }
}

function parseCropFile(text: string): z.output<typeof cropFile> {
  try {
    return cropFile.parse(JSON.parse(text))
  } catch (cause) {
    throw refused('a JSON object with inputPath and a pipeline of crops', cause)
  }
}

const refused = (expected: string, cause?: unknown): AppError =>
  new AppError('invalid_image', { field: 'filePath', reason: `Expected ${expected} in the .crop file.`, cause })
