import { parseHexColour } from '../../../../image/colour.ts'
import { AppError } from '../../../../errors.ts'
import { type Args, invalidParameter, readArgs } from '../../../args.ts'
import { COLOUR_NAMES } from '../../../foreign/colour-names.ts'
import type { Task, Value } from './task-text.ts'

/** Reads the arguments of a task. Those that nobody read are an error in the end. */
export interface TaskArgs extends Args {
  /** A list of values, or one value as a list of one. */
  values(...names: string[]): readonly Value[] | undefined
  /** A list of whole numbers. */
  integers(count: number, range: { readonly min: number; readonly max: number }, ...names: string[]): readonly number[] | undefined
  /** `rrggbbaa`: 3, 6 or 8 hexadecimal digits, an X11 name, `transparent`. */
  colour(...names: string[]): string | undefined
  /** The values without a name. */
  items(): readonly Value[]
}

/** @throws AppError `invalid_parameter` for an argument that comes twice. */
export function openTask({ params, items }: Task): TaskArgs {
  const lists = new Map<string, readonly Value[]>()
  // Both kinds go through one reader, so that it finds what comes twice or is not known.
  const args = readArgs(
    params.map(([name, value]) => {
      if (typeof value === 'string') return [name, value] as const
      lists.set(name, value)
      return [name, '[…]'] as const
    }),
  )
  let areItemsRead = items.length === 0
  const values: TaskArgs['values'] = (...names) => {
    const name = names.find((each) => args.has(each))
    const text = args.text(...names)
    return name === undefined || text === undefined ? undefined : (lists.get(name) ?? [text])
  }
  return {
    ...args,
    values,
    integers(count, { min, max }, ...names) {
      const list = values(...names)
      if (list === undefined) return undefined
      const numbers = list.map((value) => (typeof value === 'string' && /^-?\d{1,9}$/.test(value) ? Number(value) : Number.NaN))
      if (numbers.length !== count || !numbers.every((number) => number >= min && number <= max))
        throw invalidParameter(names[0] ?? '', `${count} integers from ${min} to ${max} as [a,b]`, JSON.stringify(list))
      return numbers
    },
    colour(...names) {
      const text = args.text(...names)
      if (text === undefined) return undefined
      const name = text.toLowerCase()
      const colour = Object.hasOwn(COLOUR_NAMES, name) ? COLOUR_NAMES[name] : parseHexColour(text)
      if (colour == null) throw invalidParameter(names[0] ?? '', 'a colour such as FF8800 or orange', text)
      return colour
    },
    items() {
      areItemsRead = true
      return items
    },
    done() {
      args.done()
      if (!areItemsRead)
        throw new AppError('invalid_parameter', {
          reason: `Expected arguments as name:value, received ${JSON.stringify(JSON.stringify(items[0])?.slice(0, 100))}.`,
        })
    },
  }
}
