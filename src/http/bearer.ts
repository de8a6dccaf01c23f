/** The token of an `Authorization: Bearer TOKEN` header; `null` for another scheme, an empty token or no header (RFC 6750 §2.1). */
export const readBearer = (authorization: string | undefined): string | null => /^Bearer +(\S+)\s*$/i.exec(authorization ?? '')?.[1] ?? null
