import * as z from 'zod'

/** FilePathDefinition: a literal path, or folder and name with variables (docs/protocols/bytescale.md §5.3). */
export const destinationSchema = z.union([
  z.string(),
  z.strictObject({
    fileName: z.string().optional(),
    fileNameFallback: z.string().optional(),
    fileNameVariablesEnabled: z.boolean().optional(),
    folderPath: z.string().optional(),
    folderPathVariablesEnabled: z.boolean().optional(),
  }),
])

export const metadataSchema = z.record(z.string(), z.unknown())
export const tagsSchema = z.array(z.string())
