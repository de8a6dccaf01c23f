import * as z from 'zod'

export const ingestSchema = z.strictObject({
  preset: z
    .string()
    .optional()
    .describe('Name of a preset: the upload element stores what it makes of a picture. Pictures are stored as they are when absent.'),
  stripLocation: z
    .boolean()
    .default(true)
    .describe('Whether the upload element takes the place where a picture was taken out of it before anything is sent.'),
})

/** What the upload element makes of a picture before it sends it. */
export interface IngestSettings {
  /** `null`: what was chosen is stored as it is. */
  readonly preset: string | null
  readonly stripLocation: boolean
}

export const readIngest = ({ preset, stripLocation }: z.output<typeof ingestSchema>): IngestSettings => ({
  preset: preset ?? null,
  stripLocation,
})
