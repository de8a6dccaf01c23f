type Json = Readonly<Record<string, unknown>>

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly schema: Json
}
export type Content = Readonly<Record<string, { readonly schema?: Json }>>
export interface Answer {
  readonly content?: Content
  readonly headers?: Readonly<Record<string, { readonly required: boolean }>>
  readonly 'x-error-codes'?: readonly string[]
  readonly 'x-body-optional'?: boolean
}
interface Reference {
  readonly $ref: string
}
export interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly parameters?: readonly (Parameter | Reference)[]
  readonly requestBody?: { readonly required: boolean; readonly content: Content }
  readonly responses: Readonly<Record<string, Answer | Reference>>
}

/** As far as the tests look into it. */
export interface OpenApiDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>
}

/** What a reference inside the document leads to; anything else is itself. */
export function followed<T extends object>(document: OpenApiDocument, value: T | Reference): T {
  if (!('$ref' in value)) return value
  let found: unknown = document
  for (const name of value.$ref.slice(2).split('/')) found = (found as Json)[name.replaceAll('~1', '/').replaceAll('~0', '~')]
  return found as T
}

/** The media type of the content that a body of a type is told by. */
export const told = (content: Content, type: string): string | undefined =>
  Object.keys(content).find((range) => {
    const [kind, rest] = range.split('/')
    return range === '*/*' || range === type || (rest === '*' && type.startsWith(`${kind}/`))
  })
