import * as z from 'zod'
import { INFO_FIELDS } from '../../../image/info/fields.ts'
import { FILTERS } from './effects.ts'
import { GRAVITIES } from './lengths.ts'

/** The types of a transformation and their members, for `/-/openapi.json`. */

const names = (table: object) => z.enum(Object.keys(table) as [string, ...string[]])
const told = <T extends z.ZodType>(text: string, schema: T): T => schema.describe(text)
const number = (text: string, min: number, max: number) => told(text, z.number().min(min).max(max))
const length = (text: string, example: string) => told(text, z.union([z.number(), z.string()])).meta({ examples: [example] })
const colour = (text: string) => told(text, z.string().regex(/^#?([0-9A-Fa-f]{3}|[0-9A-Fa-f]{4}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})$/))

const sides = {
  width: length('In pixels, or in percent of the width (`50%`) or the height (`50h`).', '50%').optional(),
  height: length('In pixels, or in percent of the height (`50%`) or the width (`50w`).', '100px').optional(),
}
const gravity = told('Which part, or where; `center` without it.', names(GRAVITIES)).optional()
const placement = {
  gravity,
  xoffset: length('From that edge inwards, in pixels or percent of the width; 0 without it.', '10').optional(),
  yoffset: length('From that edge inwards, in pixels or percent of the height; 0 without it.', '5%').optional(),
}

/** By type. Members that are not named are ignored with a warning. */
export const TRANSFORMATIONS = {
  annotation: z.object({
    text: z.string().max(1000),
    size: told('In pixels, above 0.', z.number().max(10_000)),
    color: colour('Of the letters.'),
    font: told('A family, or the path of a font of the account, with a slash at its beginning.', z.string()).optional(),
    ...placement,
  }),
  blur: z.object({
    sigma: number('In pixels.', 0, 10_000),
    radius: number('Where the Gaussian is cut off, in pixels; 0, and without it: chosen by sigma.', 0, 10_000).optional(),
  }),
  brightness: z.object({ bright_level: number('Is added to each channel.', -255, 255) }),
  colorize: z.object({
    red: number('Is added to red.', 0, 255).optional(),
    green: number('Is added to green.', 0, 255).optional(),
    blue: number('Is added to blue.', 0, 255).optional(),
  }),
  contrast: z.object({ level: number('In percent; more than 0 increases it.', -100, 100) }),
  crop: z.object({
    ...sides,
    ...placement,
    fit: told(
      '`true`, and without it: a frame that is too large shrinks and is moved inside; `false`: it is cut as it stands.',
      z.union([z.boolean(), z.literal('crop')]),
    ).optional(),
  }),
  enhance: z.object({}),
  filter: z.object({ filter: names(FILTERS) }),
  fitmethod: z.object({
    fit_type: z.enum(['box', 'stretch', 'outside', 'cropbox', 'letterbox']),
    ...sides,
    gravity,
    color: colour('Of the bars of a letterbox; black without it.').optional(),
    opacity: number('Of the bars of a letterbox, in tenths; 10 without it.', 0, 10).optional(),
  }),
  flip: z.object({ direction: told('`x` exchanges left and right.', z.enum(['x', 'y', 'horizontal', 'vertical'])) }),
  resize: z.object(sides),
  rotate: z.object({ degrees: number('Clockwise, with at most two decimals.', 0, 360) }),
  ulb: z.object({}),
  watermark: z.object({ source: told('Path of the picture that is drawn.', z.string()), ...sides, ...placement }),
  zoom: z.object({ ...sides, level: number('Multiplies the size; 1 without it.', 0, 10).optional() }),
  info: z.object({
    fields: told(
      `What is told, in the place of a picture: names of ${INFO_FIELDS.join(', ')}. Stands last; the destination ends with \`.json\`.`,
      z.union([z.array(z.enum(INFO_FIELDS as unknown as [string, ...string[]])), z.string()]),
    ).optional(),
  }),
} as const

const typed = Object.entries(TRANSFORMATIONS).map(([type, members]) => z.object({ type: z.literal(type), ...members.shape }))

export const transformation = z.discriminatedUnion('type', typed as [(typeof typed)[number], ...typeof typed])
