import type { Task, Value } from '../task-text.ts'

/** The handle of a file by its path; `undefined`: it has none that is known. */
export type HandleOf = (path: string) => string | undefined

/** A task with those of its arguments that there are. */
export const task = (name: string, params: Readonly<Record<string, Value | undefined>> = {}): Task => ({
  name,
  params: Object.entries(params).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const])),
  items: [],
})
