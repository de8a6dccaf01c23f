/** A path as Bytescale's SDK writes it in URLs: every segment by `encodeURIComponent`, and `!` as `%21`. */
export const encodePath = (path: string): string =>
  path
    .split('/')
    .map((segment) => encodeURIComponent(segment).replaceAll('!', '%21'))
    .join('/')
