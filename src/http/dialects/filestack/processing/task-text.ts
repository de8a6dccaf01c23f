import { AppError } from '../../../../errors.ts'

/** A value of a task: text, or a list of values. Numbers and `true` are texts too. */
export type Value = string | readonly Value[]

/** One task of a URL, `name=key:value,key:value`, as it was written. */
export interface Task {
  readonly name: string
  readonly params: readonly (readonly [key: string, value: Value])[]
  /** Values without a key: `cache=false`, `metadata=[size,width]`. */
  readonly items: readonly Value[]
}

/** Lists within each other, and the values of one task. */
const MOST_LEVELS = 4
const MOST_VALUES = 500

const malformed = (text: string, expected: string): AppError =>
  new AppError('invalid_parameter', { reason: `Expected ${expected}, received ${JSON.stringify(text.slice(0, 100))}.` })

/** Reads one task (docs/protocols/filestack.md §7). `text` is decoded. @throws AppError `invalid_parameter`. */
export function readTask(text: string): Task {
  const [, name = '', given] = /^([A-Za-z_]{1,40})(?:=(.*))?$/s.exec(text) ?? []
  if (name === '') throw malformed(text, 'a task as name=key:value,key:value')
  const params: (readonly [string, Value])[] = []
  const items: Value[] = []
  if (given === undefined || given === '') return { name, params, items }
  const cursor = createCursor(given)
  do {
    const key = cursor.key()
    const value = cursor.value(0)
    if (key === null) items.push(value)
    else params.push([key, value])
  } while (cursor.skip(','))
  cursor.end()
  return { name, params, items }
}

/** Reads values from left to right. Each character is looked at once, so the time grows with the text. */
function createCursor(text: string) {
  let [at, values] = [0, 0]
  const rest = (): string => text.slice(at)
  const take = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at
    const match = pattern.exec(text)
    if (match) at = pattern.lastIndex
    return match
  }
  const skip = (char: string): boolean => {
    if (text[at] !== char) return false
    at++
    return true
  }
  function value(level: number): Value {
    if (++values > MOST_VALUES) throw malformed(text, `at most ${MOST_VALUES} values`)
    if (skip('"')) {
      const quoted = take(/[^"]*/y)?.[0] ?? ''
      if (!skip('"')) throw malformed(text, 'a second quotation mark')
      return quoted
    }
    if (!skip('[')) return take(/[^,"[\]]*/y)?.[0].trim() ?? ''
    if (level >= MOST_LEVELS) throw malformed(text, `at most ${MOST_LEVELS} lists within each other`)
    const list: Value[] = []
    if (skip(']')) return list
    do list.push(value(level + 1))
    while (skip(','))
    if (!skip(']')) throw malformed(text, 'a list as [a,b]')
    return list
  }
  return {
    key: (): string | null => take(/([A-Za-z_]\w{0,39}):(?!\/\/)/y)?.[1] ?? null,
    value,
    skip,
    end(): void {
      if (at < text.length) throw malformed(rest(), 'a comma')
    },
  }
}

/**
 * Reads the tasks of the base64 form: `[{"name":"resize","params":{"width":100}},…]`, where `params` may also be missing, a list or a single value.
 * @throws AppError `invalid_parameter`.
 */
export function readTaskObjects(json: unknown, mostTasks: number): readonly Task[] {
  if (!Array.isArray(json) || json.length > mostTasks) throw malformed(typeof json, `a list of at most ${mostTasks} tasks`)
  return json.map((task: unknown) => {
    const { name, params, ...more } = (task ?? {}) as Readonly<Record<string, unknown>>
    if (typeof name !== 'string' || Object.keys(more).length > 0) throw malformed(JSON.stringify(task) ?? '', 'a task with name and params')
    if (params === undefined || params === null || params === true) return { name, params: [], items: [] }
    if (typeof params !== 'object' || Array.isArray(params)) return { name, params: [], items: [valueOf(params)] }
    const entries = Object.entries(params).filter(([, value]) => value !== null && value !== undefined)
    return { name, params: entries.map(([key, value]) => [key, valueOf(value)] as const), items: [] }
  })
}

function valueOf(json: unknown): Value {
  if (Array.isArray(json)) return json.map(valueOf)
  if (typeof json === 'string' || typeof json === 'number' || typeof json === 'boolean') return String(json)
  throw malformed(JSON.stringify(json) ?? '', 'text, a number, true, false or a list')
}

/** The text of a task, as the SDK writes it: values with a slash, a comma or a bracket stand in quotation marks. */
export function writeTask({ name, params, items }: Task): string {
  const given = [...params.map(([key, value]) => `${key}:${writeValue(value)}`), ...items.map(writeValue)]
  return given.length === 0 ? name : `${name}=${given.join(',')}`
}

function writeValue(value: Value): string {
  if (typeof value !== 'string') return `[${value.map(writeValue).join(',')}]`
  return /[/,:[\]]|^\s|\s$|^$/.test(value) ? `"${value}"` : value
}
