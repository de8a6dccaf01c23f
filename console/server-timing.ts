export interface Phase {
  readonly name: string
  readonly milliseconds: number
}

/** What the server's `Server-Timing` says, in its order. */
export const readServerTiming = (header: string | null): readonly Phase[] =>
  (header ?? '').split(',').flatMap((entry) => {
    const [, name, duration] = /^\s*([\w-]+)\s*;\s*dur=([\d.]+)/.exec(entry) ?? []
    return name === undefined ? [] : [{ name, milliseconds: Number(duration) }]
  })
