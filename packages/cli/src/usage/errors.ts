/** What the words of a command cannot mean: exit code 2. The message says what was expected and what was received. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

/** What a command could not do: exit code 1. */
export class CommandError extends Error {
  override readonly name = 'CommandError'
}

export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const

export const quoted = (text: string): string => JSON.stringify(text.slice(0, 100))
