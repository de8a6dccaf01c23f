/** The longest deadline, in milliseconds, whatever dialect spells it. */
export const MAX_DEADLINE_MS = 60_000
