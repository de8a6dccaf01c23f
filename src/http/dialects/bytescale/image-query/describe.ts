import * as z from 'zod'
import { operation, type OperationName } from '../../../../image/plan.ts'
import { MAX_LENGTH_PX } from './framing.ts'

/** How the parameters of an image URL are described. */

/** A parameter that may be absent: what it says, in which unit, and a value of it. */
export const told = <T extends z.ZodType>(text: string, schema: T, example: z.input<T>): z.ZodOptional<T> =>
  schema.meta({ description: text, examples: [example] }).optional() as z.ZodOptional<T>

/** What the operation does, in its own words, and what this parameter is of it. */
export const of = <T extends z.ZodType>(name: OperationName, text: string, schema: T, example: z.input<T>): z.ZodOptional<T> =>
  told(`${operation(name).summary} ${text}`, schema, example)

export const number = (min: number, max: number) => z.number().min(min).max(max)
export const pixels = (min: number, max = MAX_LENGTH_PX) => z.int().min(min).max(max)
export const flag = () => z.boolean()
export const orTrue = (schema: z.ZodType<number>) => z.union([z.boolean(), schema])
export const names = (table: object) => z.enum(Object.keys(table) as [string, ...string[]])
export const colour = () => z.string().regex(/^([0-9A-Fa-f]{3}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})$/)
