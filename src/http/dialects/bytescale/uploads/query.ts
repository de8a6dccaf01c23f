import { AppError } from '../../../../errors.ts'
import type { Destination } from '../../../../service/files/upload-destination.ts'
import type { FileMeta } from '../../../../service/ports.ts'
import { type Args, readArgs } from '../../../args.ts'
import { parseJson } from '../../../parse-json.ts'
import { metadataSchema } from './destination-schema.ts'

export interface UploadQuery {
  readonly destination: Destination | undefined
  readonly originalFileName: string | null
  readonly tags: readonly string[]
}

/** "`filePath` (literal, excludes the next ones), `folderPath`, …, `tag` (repeatable)" */
export function readUploadQuery(search: URLSearchParams): UploadQuery {
  const args = readArgs([...search].filter(([name]) => name !== 'tag'))
  const filePath = args.text('filePath')
  const rule = readRule(args)
  const originalFileName = args.text('originalFileName') ?? null
  args.done()
  if (filePath !== undefined && rule !== undefined)
    throw new AppError('invalid_parameter', { field: 'filePath', reason: 'Expected filePath, or folderPath and fileName, received both.' })
  return { destination: filePath ?? rule, originalFileName, tags: search.getAll('tag') }
}

function readRule(args: Args): Destination | undefined {
  const rule = {
    folderPath: args.text('folderPath'),
    folderPathVariablesEnabled: args.flag('folderPathVariablesEnabled'),
    fileName: args.text('fileName'),
    fileNameFallback: args.text('fileNameFallback'),
    fileNameVariablesEnabled: args.flag('fileNameVariablesEnabled'),
  }
  return Object.values(rule).some((value) => value !== undefined) ? rule : undefined
}

export function readMetadata(header: string | undefined): FileMeta['metadata'] {
  if (header === undefined) return {}
  try {
    return metadataSchema.parse(parseJson(header))
  } catch (cause) {
    throw new AppError('invalid_parameter', { field: 'X-Upload-Metadata', reason: 'Expected a JSON object.', cause })
  }
}
