/** A URL, and the page where it was seen. */
export interface Seen {
  readonly url: string
  readonly page: string
}

/**
 * URLs of a page. Where a page shows parameters alone, `form` is a URL of the service's documented form, and they stand in the place of `*`.
 * @param wishes with spaces between.
 */
export const seen = (page: string, form: string, wishes: string): readonly Seen[] =>
  wishes
    .trim()
    .split(/\s+/)
    .map((wish) => ({ page, url: form.replace('*', () => wish) }))
