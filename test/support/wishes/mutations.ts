import { encryptedUrl, hmacOf, policyOf, randomOf, signatureOf, signedUrl, type UrlKey } from './signing.ts'

/** Signed and encrypted URLs and policies, each with one flaw and what is to be said of it. */

export interface Signing {
  readonly host: string
  /** Of the picture: `/{account}/image/…`. */
  readonly path: string
  readonly other: string
  readonly main: UrlKey
  readonly team: UrlKey
  /** Handle of a picture of the app, and the app's and another's secret. */
  readonly handle: string
  readonly secret: string
  readonly otherSecret: string
  readonly otherKey: string
  /** Seconds. */
  readonly now: number
}

export interface Mutation {
  readonly name: string
  /** Path and query. */
  readonly url: string
  readonly verdict: string
  readonly cause?: RegExp | null
  /** Where the first difference is. */
  readonly at?: number
  /** The expected signature. */
  readonly expected?: string
  readonly signedText?: string
  readonly clock?: { readonly state: string; readonly seconds: number }
}

interface Chance {
  readonly int: (from: number, to: number) => number
  /** A text whose character at an index is another one of the alphabet. */
  readonly change: (text: string, at: number, alphabet: string) => string
}

type Make = (signing: Signing, chance: Chance) => Omit<Mutation, 'name'>

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
const HEX = '0123456789abcdef'
const DIFFERS = 'signature differs'

/** A URL without its scheme, and the path and query that a client sends. */
const sent = ({ host }: Signing, url: string): string => url.slice(host.length)
const good = ({ host, path, now }: Signing, { int }: Chance): string =>
  `${host}${path}?w=${int(10, 90)}&f=png&exp=${now + int(100, 500_000)}`

const SIGNED: Readonly<Record<string, Make>> = {
  'as signed'(s, chance) {
    const url = good(s, chance)
    return { url: sent(s, signedUrl(url, s.main)), verdict: 'valid', signedText: url, expected: `1.main.${hmacOf(url, s.main)}` }
  },
  'one character of the signature'(s, chance) {
    const url = good(s, chance)
    const signature = hmacOf(url, s.main)
    const at = chance.int(0, 41) // the last one has bits that count for nothing
    const sig = `1.main.${chance.change(signature, at, BASE64)}`
    return { url: sent(s, `${url}&sig=${sig}`), verdict: DIFFERS, cause: null, at: 7 + at, expected: `1.main.${signature}` }
  },
  'cut off'(s, chance) {
    const url = good(s, chance)
    const length = chance.int(1, 40)
    const sig = `1.main.${hmacOf(url, s.main).slice(0, length)}`
    return { url: sent(s, `${url}&sig=${sig}`), verdict: DIFFERS, cause: new RegExp(`character ${length}\\.`), at: 7 + length }
  },
  'something behind'(s, chance) {
    return { url: sent(s, `${signedUrl(good(s, chance), s.main)}AB`), verdict: DIFFERS, cause: /follows/, at: 50 }
  },
  hexadecimal(s, chance) {
    const url = good(s, chance)
    const hex = Buffer.from(hmacOf(url, s.main), 'base64url').toString('hex')
    return { url: sent(s, `${url}&sig=1.main.${hex}`), verdict: DIFFERS, cause: /hexadecimal/ }
  },
  'with the scheme'(s, chance) {
    const url = good(s, chance)
    return { url: sent(s, signedUrl(url, s.main, `https://${url}`)), verdict: DIFFERS, cause: /scheme/, at: 0, signedText: url }
  },
  'without the host'(s, chance) {
    const url = good(s, chance)
    return { url: sent(s, signedUrl(url, s.main, sent(s, url))), verdict: DIFFERS, cause: /host was left out/, at: 0 }
  },
  'without the query'(s, chance) {
    const url = good(s, chance)
    const [address = ''] = url.split('?')
    return { url: sent(s, signedUrl(url, s.main, address)), verdict: DIFFERS, cause: /query was left out/, at: address.length }
  },
  'in the order of the names'(s, chance) {
    const url = good(s, chance)
    const [address = '', query = ''] = url.split('?')
    const sorted = `${address}?${query.split('&').toSorted().join('&')}`
    return { url: sent(s, signedUrl(url, s.main, sorted)), verdict: DIFFERS, cause: /order of their names/, at: address.length + 1 }
  },
  'a parameter that was added'(s, chance) {
    const url = good(s, chance)
    return {
      url: sent(s, `${signedUrl(url, s.main)}&flip=true`),
      verdict: DIFFERS,
      cause: /"flip" was not signed/,
      signedText: `${url}&flip=true`,
    }
  },
  'another key'(s, chance) {
    const url = good(s, chance)
    return { url: sent(s, `${url}&sig=1.main.${hmacOf(url, s.team)}`), verdict: DIFFERS, cause: /key "team"/ }
  },
  'another width'(s, chance) {
    const url = good(s, chance)
    const changed = url.replace(/w=\d+/, 'w=7')
    const sig = signedUrl(url, s.main).slice(url.length)
    return {
      url: sent(s, changed + sig),
      verdict: DIFFERS,
      cause: null,
      expected: `1.main.${hmacOf(changed, s.main)}`,
      signedText: changed,
    }
  },
  'another file'(s, chance) {
    const url = good(s, chance)
    const changed = url.replace(s.path, s.other)
    const sig = signedUrl(url, s.main).slice(url.length)
    return { url: sent(s, changed + sig), verdict: DIFFERS, cause: null, expected: `1.main.${hmacOf(changed, s.main)}` }
  },
  'an unknown key': (s, chance) => ({
    url: sent(s, signedUrl(good(s, chance), { ...s.main, id: `nobody${chance.int(0, 9)}` })),
    verdict: 'unknown key',
  }),
  'another version': (s, chance) => ({
    url: sent(s, signedUrl(good(s, chance), s.main)).replace('sig=1.', `sig=${chance.int(2, 9)}.`),
    verdict: 'malformed',
  }),
  twice: (s, chance) => ({ url: `${sent(s, signedUrl(good(s, chance), s.main))}&sig=1.main.x`, verdict: 'malformed' }),
  expired(s, { int }) {
    const seconds = int(5, 500_000)
    const url = `${s.host}${s.path}?w=${int(10, 90)}&exp=${s.now - seconds}`
    return { url: sent(s, signedUrl(url, s.main)), verdict: 'expired', clock: { state: 'expired', seconds } }
  },
  'too early'(s, { int }) {
    const seconds = int(100, 500_000)
    const url = `${s.host}${s.path}?w=${int(10, 90)}&exp=${s.now + 7 * 86_400 + seconds}`
    return { url: sent(s, signedUrl(url, s.main)), verdict: 'not yet valid', clock: { state: 'not yet valid', seconds } }
  },
  'for ever'(s, { int }) {
    const url = `${s.host}${s.path}?w=${int(10, 90)}&exp=${int(0, 1) === 0 ? 'inf' : 'x'}`
    return { url: sent(s, signedUrl(url, s.main)), verdict: 'no expiry' }
  },
}

const inner = ({ now }: Signing, { int }: Chance): string => `w=${int(10, 90)}&f=png&exp=${now + int(100, 500_000)}`
/** Characters before the ciphertext, and of the ciphertext without its tag. */
const places = (url: string): { readonly before: number; readonly body: number } => {
  const [version = '', id = '', iv = '', ciphertext = ''] = (url.split('?enc=')[1] ?? '').split('.')
  return {
    before: version.length + id.length + iv.length + 3,
    body: Math.floor(((Buffer.from(ciphertext, 'base64url').length - 16) * 8) / 6),
  }
}

const ENCRYPTED: Readonly<Record<string, Make>> = {
  'as encrypted'(s, chance) {
    const query = inner(s, chance)
    return { url: sent(s, encryptedUrl(s.host + s.path, query, s.main)), verdict: 'valid', signedText: query }
  },
  'one character of the tag'(s, chance) {
    const query = inner(s, chance)
    const url = encryptedUrl(s.host + s.path, query, s.main)
    const { before, body } = places(url)
    const enc = url.split('?enc=')[1] ?? ''
    const at = before + body + chance.int(3, 18)
    return {
      url: sent(s, `${s.host}${s.path}?enc=${chance.change(enc, at, BASE64)}`),
      verdict: DIFFERS,
      at,
      signedText: query,
      expected: enc,
    }
  },
  'one character of the text'(s, chance) {
    const url = encryptedUrl(s.host + s.path, inner(s, chance), s.main)
    const { before, body } = places(url)
    const enc = chance.change(url.split('?enc=')[1] ?? '', before + chance.int(0, body - 2), BASE64)
    return { url: sent(s, `${s.host}${s.path}?enc=${enc}`), verdict: DIFFERS, cause: null }
  },
  'for the scheme too'(s, chance) {
    const query = inner(s, chance)
    const address = s.host + s.path
    return {
      url: sent(s, encryptedUrl(address, query, s.main, `https://${address}`)),
      verdict: DIFFERS,
      cause: /scheme/,
      signedText: query,
    }
  },
  'for another file': (s, chance) => ({
    url: sent(s, encryptedUrl(s.host + s.path, inner(s, chance), s.main, s.host + s.other)),
    verdict: DIFFERS,
    cause: null,
  }),
  'with another key': (s, chance) => ({
    url: sent(s, encryptedUrl(s.host + s.path, inner(s, chance), s.main, s.host + s.path, s.team.secret)),
    verdict: DIFFERS,
    cause: /key "team"/,
  }),
  'for no file': (s, chance) => ({ url: sent(s, encryptedUrl(s.host + s.path, inner(s, chance), s.main, null)), verdict: 'not bound' }),
  'expired inside'(s, { int }) {
    const seconds = int(5, 500_000)
    return {
      url: sent(s, encryptedUrl(s.host + s.path, `w=9&exp=${s.now - seconds}`, s.main)),
      verdict: 'expired',
      clock: { state: 'expired', seconds },
    }
  },
  'cut off': (s, chance) => ({
    url: sent(s, encryptedUrl(s.host + s.path, inner(s, chance), s.main)).replace(/(enc=1\.main\.)..../, '$1'),
    verdict: 'malformed',
  }),
}

const fileUrl = ({ handle }: Signing, { int }: Chance, policy: string, signature: string): string =>
  `/resize=width:${int(10, 90)}/security=policy:${policy},signature:${signature}/${handle}`
const claims = ({ now }: Signing, { int }: Chance, more: object = {}): object => ({
  expiry: now + int(100, 500_000),
  call: ['read', 'convert'],
  ...more,
})

const POLICIES: Readonly<Record<string, Make>> = {
  'as signed'(s, chance) {
    const policy = policyOf(claims(s, chance))
    return { url: fileUrl(s, chance, policy, signatureOf(policy, s.secret)), verdict: 'valid', signedText: policy }
  },
  'one digit'(s, chance) {
    const policy = policyOf(claims(s, chance))
    const [expected, at] = [signatureOf(policy, s.secret), chance.int(0, 63)]
    return { url: fileUrl(s, chance, policy, chance.change(expected, at, HEX)), verdict: DIFFERS, cause: null, at, expected }
  },
  'capital letters'(s, chance) {
    const policy = policyOf(claims(s, chance))
    return { url: fileUrl(s, chance, policy, signatureOf(policy, s.secret).toUpperCase()), verdict: DIFFERS, cause: /capital/ }
  },
  'in base64'(s, chance) {
    const policy = policyOf(claims(s, chance))
    const base64 = Buffer.from(signatureOf(policy, s.secret), 'hex').toString('base64url')
    return { url: fileUrl(s, chance, policy, base64), verdict: DIFFERS, cause: /base64, not/ }
  },
  'of the JSON'(s, chance) {
    const json = JSON.stringify(claims(s, chance))
    const policy = policyOf(JSON.parse(json))
    return { url: fileUrl(s, chance, policy, signatureOf(json, s.secret)), verdict: DIFFERS, cause: /JSON was signed/ }
  },
  'without the padding'(s, chance) {
    const given = claims(s, chance)
    // One of three lengths needs no padding.
    const padded =
      [policyOf(given), policyOf({ ...given, a: '' }), policyOf({ ...given, a: 'a' })].find((policy) => policy.endsWith('=')) ?? ''
    return {
      url: fileUrl(s, chance, encodeURIComponent(padded), signatureOf(padded.replace(/=+$/, ''), s.secret)),
      verdict: DIFFERS,
      cause: /padding/,
    }
  },
  'cut off'(s, chance) {
    const policy = policyOf(claims(s, chance))
    const length = chance.int(1, 60)
    return {
      url: fileUrl(s, chance, policy, signatureOf(policy, s.secret).slice(0, length)),
      verdict: DIFFERS,
      cause: new RegExp(`character ${length}\\.`),
      at: length,
    }
  },
  "with another app's secret"(s, chance) {
    const policy = policyOf(claims(s, chance))
    return { url: fileUrl(s, chance, policy, signatureOf(policy, s.otherSecret)), verdict: DIFFERS, cause: new RegExp(s.otherKey) }
  },
  'another policy'(s, chance) {
    const [policy, other] = [policyOf(claims(s, chance)), policyOf(claims(s, chance, { call: ['remove'] }))]
    return {
      url: fileUrl(s, chance, other, signatureOf(policy, s.secret)),
      verdict: DIFFERS,
      cause: null,
      expected: signatureOf(other, s.secret),
    }
  },
  'no policy': (s, chance) => ({ url: fileUrl(s, chance, 'bm8gSlNPTg', signatureOf('bm8gSlNPTg', s.secret)), verdict: 'malformed' }),
  expired(s, chance) {
    const seconds = chance.int(5, 500_000)
    const policy = policyOf({ expiry: s.now - seconds })
    return { url: fileUrl(s, chance, policy, signatureOf(policy, s.secret)), verdict: 'expired', clock: { state: 'expired', seconds } }
  },
  'without expiry'(s, chance) {
    const policy = policyOf({ call: ['convert'] })
    return { url: fileUrl(s, chance, policy, signatureOf(policy, s.secret)), verdict: 'no expiry' }
  },
  'for another call'(s, chance) {
    const policy = policyOf(claims(s, chance, { call: ['read'] }))
    return { url: fileUrl(s, chance, policy, signatureOf(policy, s.secret)), verdict: 'not allowed' }
  },
  'for another handle'(s, chance) {
    const policy = policyOf(claims(s, chance, { handle: 'AAAAAAAAAAAAAAAAAAAA' }))
    return { url: fileUrl(s, chance, policy, signatureOf(policy, s.secret)), verdict: 'not allowed' }
  },
}

/** `rounds` of each kind, with other values each. */
export function mutations(signing: Signing, rounds: number, seed: number): readonly Mutation[] {
  const random = randomOf(seed)
  const int = (from: number, to: number): number => from + Math.floor(random() * (to - from + 1))
  const change = (text: string, at: number, alphabet: string): string => {
    const next = alphabet[(alphabet.indexOf(text[at] ?? '') + int(1, alphabet.length - 1)) % alphabet.length] ?? ''
    return text.slice(0, at) + next + text.slice(at + 1)
  }
  const kinds = { 'signed URL': SIGNED, 'encrypted URL': ENCRYPTED, policy: POLICIES }
  const made = Object.entries(kinds).flatMap(([kind, table]) =>
    Object.entries(table).map(([name, make]) => [`${kind}: ${name}`, make] as const),
  )
  return Array.from({ length: rounds }, () => made.map(([name, make]) => ({ name, ...make(signing, { int, change }) }))).flat()
}
