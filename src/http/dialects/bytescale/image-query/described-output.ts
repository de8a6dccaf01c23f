import * as z from 'zod'
import { INFO_FIELDS } from '../../../../image/info/fields.ts'
import { COLOUR_WISHES, METADATA_WISHES, MOST_MAX_BYTES, QUALITY_WISHES, WRITTEN_NAMES } from '../../../../image/plan.ts'
import { flag, names, told } from './describe.ts'

const formats = ['jpg', ...WRITTEN_NAMES] as const
const WORDS = Object.keys(QUALITY_WISHES) as [string, ...string[]]

export const OUTPUT = {
  f: told(
    'The format; without it that of the file, JPEG where that is not written. `auto` chooses for the client, `json` tells of the picture, `svg` sends a stored drawing as it is.',
    z.enum(['auto', 'json', 'svg', ...formats]),
    'webp',
  ),
  f2: told('The format for clients that do not show `f`.', z.enum(formats), 'jpg'),
  fields: told(`With \`f=json\`: names with commas between, of ${INFO_FIELDS.join(', ')}.`, z.string(), 'width,height'),
  q: told(
    'Quality: 1 is small and poor, 100 large and good; 80 without it. `auto` and its kin find the least quality that looks the same, `lossless` keeps the coefficients of a JPEG.',
    z.union([z.int().min(1).max(100), z.enum(WORDS)]),
    75,
  ),
  'max-bytes': told('The most bytes that the result has.', z.int().min(1).max(MOST_MAX_BYTES), 50_000),
  c: told('Effort in percent: more is smaller and slower.', z.int().min(1).max(100), 80),
  lossless: told('`true`: every pixel stays as it is; with WebP and formats that can.', flag(), false),
  palette: told('`true`: a PNG has at most 256 colours.', flag(), true),
  page: told('Which frame or page of the file, from 1; 0 is the first too.', z.int().min(0).max(100_000), 1),
  anim: told('`false`: the first picture of an animation alone.', flag(), false),
  cm: told('`srgb`: colours become sRGB; `keep`: the profile of the file stays.', names(COLOUR_WISHES), 'srgb'),
  metadata: told('What of the file is taken along beside its pixels; `none` without it.', names(METADATA_WISHES), 'copyright'),
  input: told('Of what kind the file is; `video` is refused, everything else has no effect.', z.string(), 'image'),
  fallback: told(
    'Path of the picture of the account that is shown where the file is missing or cannot be shown.',
    z.string(),
    '/placeholder.png',
  ),
}

/** Both spellings reach the service; the SDK writes both. */
const either = <T extends z.ZodType>(name: string, text: string, schema: T, example: z.input<T>) => ({
  [name]: told(text, schema, example),
  [name.replaceAll('-', '_')]: told(`The same as \`${name}\`.`, schema, example),
})
const seconds = () => z.int().min(0).max(31_536_000)

/** What does not change the picture. */
export const DELIVERY = {
  cache: told('`false`: the result is made anew and not kept.', flag(), true),
  ...either('cache-only', '`true`: only a kept result is answered, 404 `not_cached` without one.', flag(), false),
  ...either(
    'cache-perm',
    'Whether the result is kept for good; `auto`: if making it took long.',
    z.enum(['true', 'false', 'auto']),
    'auto',
  ),
  ...either('cache-ttl', 'Seconds for which caches may keep the answer.', seconds(), 86_400),
  ...either('cache-ttl-404', 'Seconds for which caches may keep that there is no such file.', seconds(), 60),
  version: told('Of the file: another one is another URL, which caches keep for a year.', z.string(), '2'),
  v: told('The same as `version`.', z.string(), '2'),
  download: told('`true`: browsers store the answer as a file.', flag(), false),
  wait: told('With `f=auto`: the best format in this answer, however long it takes.', flag(), false),
  deadline: told(
    'Milliseconds after which something that stands in is better than none; not with `cache=false`.',
    z.int().min(0).max(60_000),
    200,
  ),
  explain: told('`true`: what would be done, in the place of the picture. Needs a secret key.', flag(), false),
  exp: told(
    'Seconds or milliseconds since 1970 after which the URL is 410; or `inf`. Worth something in signed URLs.',
    z.string().regex(/^(inf|\d{1,15})$/),
    '4102444800',
  ),
  auth: told('Without effect: older SDKs write it.', z.string(), 'true'),
  artifact: told('`/` alone: a picture has no others.', z.literal('/'), '/'),
  a: told('The same as `artifact`.', z.literal('/'), '/'),
}
