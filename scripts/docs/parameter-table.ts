import * as z from 'zod'

/** The part of JSON Schema that the operations' parameters use. */
interface Schema {
  readonly type?: string
  readonly anyOf?: readonly Schema[]
  readonly enum?: readonly unknown[]
  readonly items?: Schema
  readonly pattern?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly default?: unknown
  readonly description?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly exclusiveMinimum?: number
  readonly minItems?: number
  readonly minLength?: number
  readonly maxLength?: number
}

/** Rows of Markdown, one a parameter: name, values, default, meaning. Empty when there are none. */
export function parameterTable(params: z.ZodType): string {
  const { properties = {}, required = [] } = z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' }) as Schema
  const rows = Object.entries(properties).map(([name, schema]) => {
    const fallback = schema.default === undefined ? (required.includes(name) ? 'required' : '–') : `\`${JSON.stringify(schema.default)}\``
    return `| \`${name}\` | ${values(schema)} | ${fallback} | ${schema.description ?? ''} |`
  })
  return rows.length === 0 ? 'No parameters.' : ['| parameter | values | default | meaning |', '|---|---|---|---|', ...rows].join('\n')
}

function values(schema: Schema): string {
  if (schema.enum) return schema.enum.length > 14 ? 'see below' : schema.enum.map((value) => `\`${String(value)}\``).join(' ')
  if (schema.anyOf?.some(({ properties }) => properties?.['percent'] !== undefined)) return 'a length'
  if (schema.anyOf) return schema.anyOf.map(values).join(' or ')
  if (schema.properties) return `\`{ ${Object.keys(schema.properties).join(', ')} }\``
  if (schema.items) return `${schema.minItems ?? ''} × ${values(schema.items)}`
  if (schema.pattern !== undefined) return 'a colour'
  if (schema.type === 'string')
    return schema.maxLength === undefined ? 'text' : `text of ${schema.minLength ?? 0}–${schema.maxLength} characters`
  if (schema.type === 'boolean') return '`true` `false`'
  return `${schema.type === 'integer' ? 'integer' : 'number'}${range(schema)}`
}

function range({ minimum, maximum, exclusiveMinimum }: Schema): string {
  const [low, high] = [isOpen(minimum) ? undefined : minimum, isOpen(maximum) ? undefined : maximum]
  if (exclusiveMinimum !== undefined) return ` above ${exclusiveMinimum}${high === undefined ? '' : ` up to ${high}`}`
  if (low !== undefined && high !== undefined) return ` from ${low} to ${high}`
  if (low !== undefined) return ` from ${low}`
  return high === undefined ? '' : ` up to ${high}`
}

/** zod writes the limits of safe integers when there are none. */
const isOpen = (limit: number | undefined): boolean => limit === undefined || Math.abs(limit) === Number.MAX_SAFE_INTEGER
