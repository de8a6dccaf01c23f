import { isDecided, type TransformPlan } from '../../../image/plan.ts'
import { encodePath } from '../../encode-path.ts'
import { verified } from '../../explain/printed.ts'
import type { Spell } from '../../explain/spellings.ts'
import type { Door, DoorName, Entries } from './door.ts'
import { DOORS } from './doors.ts'
import { type Option, printOptions } from './print.ts'

const ACCEPTS: Readonly<Record<string, string>> = { 'auto-avif': 'image/avif,image/webp', 'auto-webp': 'image/webp' }

/** The part of a path that has the options, for the doors whose options stand there. */
const SEGMENTS: Readonly<Partial<Record<DoorName, (options: readonly Option[]) => string>>> = {
  ipx: (options) => options.map(([name, value]) => (value === '' ? name : `${name}_${encodeURIComponent(value)}`)).join(','),
  cloudflare: (options) => options.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join(','),
}

/** What a door reads: behind its route, and in the query. */
function placed(door: Door, options: readonly Option[], path: string): { readonly rest: string; readonly query: Entries } {
  const segment = SEGMENTS[door.name]?.(options)
  if (segment !== undefined) return { rest: `${segment}${encodePath(path)}`, query: [] }
  return { rest: '', query: [['url', encodePath(path)], ...options] }
}

const spellDoor =
  (door: Door): Spell =>
  ({ account, path, plan }) => {
    if (plan.info) return { reason: 'It has no words for what is told of a picture.' }
    const { options, left } = printOptions(door.name, plan)
    if (left) return { reason: `It has no word for ${JSON.stringify(left)} in this place.` }
    const accept = isDecided(plan.output.format) ? undefined : ACCEPTS[plan.output.format]
    const { words, reason } = verified(
      plan,
      placed(door, options, path),
      ({ rest, query }): TransformPlan => door.read(rest, query, accept).plan,
    )
    if (!words) return { reason: reason ?? '' }
    const search = words.query.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
    const url = `/${account}${door.route.replace(/\*$/, '')}${words.rest}${search === '' ? '' : `?${search}`}`
    return { method: 'GET', url, ...(accept !== undefined && { accept }) }
  }

/** By the names of the doors. */
export const FRAMEWORK_SPELLERS: Readonly<Record<string, Spell>> = Object.fromEntries(DOORS.map((door) => [door.name, spellDoor(door)]))
