/** Texts that are wrong for nearly everything, by what is wrong. */
export const BAD_TEXTS: Readonly<Record<string, string>> = {
  nothing: '',
  'a NUL': 'a\0b',
  'a line break': 'a\r\nSet-Cookie: a=b',
  'half a surrogate': '\ud800',
  'a way up': '../../../etc/passwd',
  'a huge text': 'x'.repeat(9000),
  'a huge number': '9'.repeat(400),
  'a negative number': '-1',
  'no number': 'NaN',
  markup: '<script>alert(1)</script>',
  'a name of Object': '__proto__',
  'a list': '[[[[[[[1,2',
}

/** Bad values of a member of JSON, by what is wrong. */
export const BAD_MEMBERS: Readonly<Record<string, unknown>> = {
  ...BAD_TEXTS,
  null: null,
  true: true,
  zero: 0,
  'minus one': -1,
  'a fraction': 0.5,
  'a huge float': 1e308,
  'an unsafe integer': 2 ** 60,
  'an empty list': [],
  'an empty object': {},
  'a long list': Array.from({ length: 20_000 }, () => 1),
  'lists in lists': Array.from({ length: 60 }).reduce<unknown>((inner) => [inner], 1),
}

/** Bodies that are no JSON object. */
export const BAD_JSON: Readonly<Record<string, string | Uint8Array<ArrayBuffer>>> = {
  'a part of JSON': '{"apikey":',
  'a list': '[]',
  'a text': '"apikey"',
  'a number': '1',
  null: 'null',
  'two objects': '{}{}',
  'a deep list': '['.repeat(100_000),
  'a deep object': '{"a":'.repeat(50_000),
  'a NUL': '\0',
  'bytes that are no UTF-8': new Uint8Array([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]),
  'five megabytes': `{"apikey":"${'a'.repeat(5_000_000)}"}`,
  'an own prototype': '{"__proto__":{"apikey":"a"},"constructor":1}',
}

/** What stands in the place of a handle, percent-encoded. */
export const BAD_HANDLES: Readonly<Record<string, string>> = {
  'nobody has it': 'Z'.repeat(20),
  'too short': 'abc',
  'too long': 'A'.repeat(21),
  'much too long': 'A'.repeat(4000),
  'a NUL': `${'A'.repeat(19)}%00`,
  'no UTF-8': `${'A'.repeat(19)}%ff`,
  'half an escape': `${'A'.repeat(19)}%`,
  'a way up': '%2e%2e%2f%2e%2e%2fa',
  'a space': `${'A'.repeat(19)}%20`,
  'a letter from elsewhere': `${'A'.repeat(19)}%C3%A9`,
  'an odd extension': `${'Z'.repeat(20)}+a.b`,
  'a name of Object': '__proto__',
}

const POLICY = (claims: unknown): string => Buffer.from(typeof claims === 'string' ? claims : JSON.stringify(claims)).toString('base64url')
const SIGNATURE = 'a'.repeat(64)

/** Credentials that allow nothing. */
export const BAD_CREDENTIALS: Readonly<Record<string, { readonly policy: string; readonly signature: string }>> = {
  'no base64': { policy: '***', signature: SIGNATURE },
  'no JSON': { policy: POLICY('{'), signature: SIGNATURE },
  'no object': { policy: POLICY([]), signature: SIGNATURE },
  'a deep policy': { policy: POLICY('['.repeat(5000)), signature: SIGNATURE },
  'a huge policy': { policy: 'A'.repeat(12_000), signature: SIGNATURE },
  'a NUL': { policy: 'a\0', signature: 'a\0' },
  'a wrong signature': { policy: POLICY({ expiry: 4e9 }), signature: SIGNATURE },
  'a signature that is none': { policy: POLICY({ expiry: 4e9 }), signature: 'é' },
  'no signature': { policy: POLICY({ expiry: 4e9 }), signature: '' },
  'no policy': { policy: '', signature: SIGNATURE },
}
