export interface Change {
  readonly good: RegExp
  readonly bad: string
}

/** A text with one change. @throws Error when its place is not there exactly once: the change would do nothing, or too much. */
export function replaceOnce(text: string, { good, bad }: Change): string {
  const places = [...text.matchAll(good)].length
  if (places !== 1) throw new Error(`Expected one place of ${good}, received ${places}.`)
  return text.replace(good, bad)
}
