/** Percent-encoded by RFC 3986: everything but unreserved characters. A slash stays. It is also how S3 writes paths to be signed. */
export const encodeKey = (key: string): string => key.split('/').map(encodeText).join('/')

export const encodeText = (text: string): string =>
  encodeURIComponent(text).replaceAll(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
