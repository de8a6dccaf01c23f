type Json = Readonly<Record<string, unknown>>

/** What stands in several operations, by the place of `components` where it goes. */
export interface Shared {
  readonly components: { readonly parameters: Json; readonly responses: Json }
  readonly paths: Json
}

/** Puts each parameter and each answer that several operations have into `components`, and a reference in its place. */
export function share(paths: Readonly<Record<string, Readonly<Record<string, Json>>>>): Shared {
  const operations = Object.values(paths).flatMap((methods) => Object.values(methods))
  const parameters = nameRepeated(
    operations.flatMap(({ parameters: of = [] }) => of as Json[]).map((value) => [String(value['name']), value]),
  )
  const responses = nameRepeated(
    operations.flatMap(({ tags, responses: of }) =>
      Object.entries(of as Json).map(([status, value]) => [`${(tags as string[])[0]}-${status}`, value] as const),
    ),
  )
  const refer = (kind: string, names: ReadonlyMap<string, string>, value: unknown): unknown => {
    const name = names.get(JSON.stringify(value))
    return name === undefined ? value : { $ref: `#/components/${kind}/${name}` }
  }
  return {
    paths: mapValues(paths, (methods) =>
      mapValues(methods, (operation) => ({
        ...operation,
        ...(operation['parameters'] !== undefined && {
          parameters: (operation['parameters'] as unknown[]).map((each) => refer('parameters', parameters, each)),
        }),
        responses: mapValues(operation['responses'] as Json, (each) => refer('responses', responses, each)),
      })),
    ),
    components: { parameters: componentsOf(parameters), responses: componentsOf(responses) },
  }
}

/** A name for each value that occurs more than once, by its text: the wished one, with a number where that is taken. */
function nameRepeated(entries: readonly (readonly [wished: string, value: unknown])[]): ReadonlyMap<string, string> {
  const counts = new Map<string, number>()
  for (const [, value] of entries) counts.set(JSON.stringify(value), (counts.get(JSON.stringify(value)) ?? 0) + 1)
  const names = new Map<string, string>()
  const taken = new Set<string>()
  for (const [wished, value] of entries) {
    const text = JSON.stringify(value)
    if ((counts.get(text) ?? 0) < 2 || names.has(text)) continue
    let name = wished
    for (let i = 2; taken.has(name); i++) name = `${wished}-${i}`
    taken.add(name)
    names.set(text, name)
  }
  return names
}

const componentsOf = (names: ReadonlyMap<string, string>): Json =>
  Object.fromEntries([...names].map(([text, name]) => [name, JSON.parse(text) as unknown]))

const mapValues = <T, U>(object: Readonly<Record<string, T>>, change: (value: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, change(value)]))
