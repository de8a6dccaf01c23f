import * as z from 'zod'
import { PATH_SCOPES } from '../../../../service/files/path-scope.ts'
import { batchOf, copiedMeta } from './file-schemas.ts'

export const publicPermissions = z
  .array(
    z.strictObject({
      permissions: z.strictObject({ file: z.strictObject({ downloadFile: z.array(z.string().min(1).max(100)).max(50) }) }),
      scope: z.enum(PATH_SCOPES),
    }),
  )
  .max(20)

/** A setting is `{set: true, value}`, or `{set: false}` to inherit (docs/protocols/bytescale.md §5.5). */
const change = <T extends z.ZodType>(value: T) =>
  z.discriminatedUnion('set', [z.strictObject({ set: z.literal(true), value }), z.strictObject({ set: z.literal(false) })]).optional()

export const putFolderSchema = z.strictObject({
  folderPath: z.string(),
  allowUnnamedFolder: z.boolean().optional(),
  folderSettings: z
    .strictObject({
      description: change(z.string().min(1).max(100)),
      publicPermissions: change(publicPermissions),
      storageLayer: change(z.record(z.string(), z.unknown())),
    })
    .optional(),
})

export const deleteFolderSchema = z.strictObject({
  folderPath: z.string(),
  deleteFiles: z.boolean().default(true),
  deleteVirtualFolders: z.boolean().default(true),
  recursive: z.boolean().default(true),
})
export const deleteFoldersSchema = z.strictObject({ folders: batchOf(deleteFolderSchema) })

export const copyFolderSchema = z.strictObject({
  source: z.string(),
  destination: z.string(),
  copyFiles: z.boolean().default(true),
  copyOverriddenStorage: z.boolean().default(false),
  copyVirtualFolders: z.boolean().optional(),
  recursive: z.boolean().default(true),
  ...copiedMeta,
})
export const copyFoldersSchema = z.strictObject({ folders: batchOf(copyFolderSchema) })

/** The vendor allows 512 characters. A path of 512 characters that is percent-encoded, as in a URL, has up to nine times as many. */
const MAX_PATTERN = 5000

/** A pattern starts at the processing, without the account's id, and may end in `*` (docs/protocols/bytescale.md §5.5). */
export const resetCacheSchema = z.strictObject({
  pattern: z.string().max(MAX_PATTERN).startsWith('/'),
  resetEdgeCache: z.boolean(),
  resetPermanentCache: z.boolean(),
})
