import { describe, expect, it } from 'vitest'
import { AppError } from '../../../../src/errors.ts'
import { CALLS, type Call, type PolicyUse, readPolicy, requireCall } from '../../../../src/http/dialects/filestack/security/policy.ts'
import { bytesOf } from '../../../../src/http/hmac.ts'
import { signatureOf, signPolicy } from '../../../support/filestack-policy.ts'

const NOW = 1_700_000_000
const SECRET = 'secret-of-the-app'
const SECRETS = [bytesOf(SECRET)]
const HANDLE = 'HLOon3NcTS6w7rqyZ3ei'
const IN_TIME = { expiry: NOW + 60 }

/** What reading a policy and asking it for a call comes to: `ok`, or `code field`. */
async function outcome(
  signed: { policy: string; signature: string },
  calls: readonly Call[] = ['read'],
  use: PolicyUse = {},
  secrets: readonly Uint8Array[] = SECRETS,
): Promise<string> {
  try {
    requireCall(await readPolicy(signed, secrets, NOW * 1000), calls, use)
    return 'ok'
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    return `${error.code} ${error.field ?? ''}`
  }
}

const claims = (more: object): { policy: string; signature: string } => signPolicy({ ...IN_TIME, ...more }, SECRET)

describe('the published vectors', () => {
  it.each([
    [
      'testAppSecret',
      '{"expiry":1523595600,"call":["pick","read","stat","write","writeUrl","store","convert","remove","exif","runWorkflow"],"handle":"TEST_HANDLE"}',
      '7df0536104cdcc16370ad6494cdbda30c9773a62eec6e5153fa539544db6206e',
    ],
    ['SECURITY-SECRET', '{"call": ["read"], "expiry": 1562763146}', '89f1325dca54cfce976163fb692bb266f28129525b8c6bb0eeadf4b7d450e2f0'],
  ])('%s signs as the vendor does', async (secret, json, signature) => {
    const policy = Buffer.from(json).toString('base64').replaceAll('+', '-').replaceAll('/', '_')
    const read = await readPolicy({ policy, signature }, [bytesOf(secret)], 1_500_000_000_000)
    expect(read.calls.has('read')).toBe(true)
    await expect(readPolicy({ policy, signature }, [bytesOf(secret)], 1_600_000_000_000)).rejects.toMatchObject({ field: 'expiry' })
  })
})

describe('the scope of a call', () => {
  it.each(CALLS.map((call) => [call]))('%s allows itself and no other', async (call) => {
    for (const other of CALLS) expect(await outcome(claims({ call }), [other])).toBe(other === call ? 'ok' : 'forbidden call')
  })

  it.each(CALLS.map((call) => [call]))('a policy without a scope: %s', async (call) => {
    expect(await outcome(claims({}), [call])).toBe(call === 'exif' || call === 'explain' ? 'forbidden call' : 'ok')
  })

  it.each<[string, unknown, Call[], string]>([
    ['several names', ['read', 'stat'], ['stat'], 'ok'],
    ['one of those that are asked for', ['convert'], ['store', 'convert'], 'ok'],
    ['none of those that are asked for', ['read'], ['store', 'convert'], 'forbidden call'],
    ['an empty array', [], ['read'], 'forbidden call'],
    ['an empty text', '', ['read'], 'forbidden call'],
    ['a name that is not known', ['everything'], ['read'], 'forbidden call'],
    ['a known name beside one that is not', ['everything', 'read'], ['read'], 'ok'],
    ['the old name of remove', ['revoke'], ['remove'], 'ok'],
    ['a name of Object.prototype', ['constructor'], ['read'], 'forbidden call'],
    ['another case', ['READ'], ['read'], 'forbidden call'],
    ['a number', 5, ['read'], 'forbidden call'],
    ['an array with a number', ['read', 5], ['read'], 'forbidden call'],
    ['null', null, ['read'], 'forbidden call'],
    ['an object', { read: true }, ['read'], 'forbidden call'],
  ])('%s', async (_, call, asked, wanted) => {
    expect(await outcome(claims({ call }), asked)).toBe(wanted)
  })
})

describe('expiry', () => {
  it.each<[string, unknown, string]>([
    ['a second ahead', NOW + 1, 'ok'],
    ['a fraction ahead', NOW + 0.5, 'ok'],
    ['far ahead', 4_102_444_800, 'ok'],
    ['now', NOW, 'forbidden expiry'],
    ['a second ago', NOW - 1, 'forbidden expiry'],
    ['zero', 0, 'forbidden expiry'],
    ['below zero', -1, 'forbidden expiry'],
    ['missing', undefined, 'forbidden expiry'],
    ['null', null, 'forbidden expiry'],
    ['a text', String(NOW + 60), 'forbidden expiry'],
    ['an array', [NOW + 60], 'forbidden expiry'],
    ['true', true, 'forbidden expiry'],
  ])('%s', async (_, expiry, wanted) => {
    expect(await outcome(signPolicy({ expiry }, SECRET))).toBe(wanted)
  })
})

describe('what a policy is for', () => {
  const ACROSS = `^https://example\\.com/.*`
  it.each<[string, object, PolicyUse, string]>([
    ['its handle', { handle: HANDLE }, { handle: HANDLE }, 'ok'],
    ['another handle', { handle: HANDLE }, { handle: `${HANDLE.slice(0, 19)}j` }, 'forbidden handle'],
    ['the beginning of its handle', { handle: HANDLE }, { handle: HANDLE.slice(0, 19) }, 'forbidden handle'],
    ['its handle in another case', { handle: HANDLE }, { handle: HANDLE.toLowerCase() }, 'forbidden handle'],
    ['a call without a handle', { handle: HANDLE }, {}, 'ok'],
    ['any handle', {}, { handle: HANDLE }, 'ok'],
    ['a handle that is no text', { handle: 7 }, { handle: '7' }, 'forbidden handle'],
    ['a pattern as a handle', { handle: '.*' }, { handle: HANDLE }, 'forbidden handle'],
    ['its URL', { url: 'https://example.com/a.png' }, { url: 'https://example.com/a.png' }, 'ok'],
    ['another URL', { url: 'https://example.com/a.png' }, { url: 'https://example.com/b.png' }, 'forbidden url'],
    ['a pattern', { url: ACROSS }, { url: 'https://example.com/deep/b.png' }, 'ok'],
    ['a pattern, another host', { url: ACROSS }, { url: 'https://example.org/b.png' }, 'forbidden url'],
    ['a pattern, a host that begins so', { url: ACROSS }, { url: 'https://example.com.evil.test/b.png' }, 'forbidden url'],
    ['a pattern inside of a URL', { url: 'https://example\\.com/' }, { url: 'https://evil.test/?https://example.com/' }, 'forbidden url'],
    ['a pattern at the beginning of a URL', { url: 'https://example\\.com/' }, { url: 'https://example.com/a.png' }, 'forbidden url'],
    ['a text that is no pattern', { url: 'https://example.com/(a.png' }, { url: 'https://example.com/(a.png' }, 'ok'],
    [
      'another than a text that is no pattern',
      { url: 'https://example.com/(a.png' },
      { url: 'https://example.com/a.png' },
      'forbidden url',
    ],
    ['a pattern that backtracks for ever elsewhere', { url: '(a+)+b' }, { url: 'a'.repeat(5000) }, 'forbidden url'],
    ['a line break in front of what matches', { url: '^https://x/.*$' }, { url: 'javascript:1\nhttps://x/a' }, 'forbidden url'],
    ['a URL pattern and a call without a URL', { url: ACROSS }, {}, 'ok'],
    ['a path', { path: '/users/1/.*' }, { path: '/users/1/a.png' }, 'ok'],
    ['another path', { path: '/users/1/.*' }, { path: '/users/12/a.png' }, 'forbidden path'],
    ['an empty path', { path: '/users/1/.*' }, { path: '' }, 'forbidden path'],
    ['a container', { container: 'uploads' }, { container: 'uploads' }, 'ok'],
    ['another container', { container: 'uploads' }, { container: 'uploads-private' }, 'forbidden container'],
    ['a container in another alphabet', { container: 'загрузки' }, { container: 'загрузки' }, 'ok'],
    ['a path that is no text', { path: ['/a'] }, { path: '/a' }, 'forbidden path'],
    ['the greatest size', { maxSize: 10 }, { size: 10 }, 'ok'],
    ['a byte more', { maxSize: 10 }, { size: 11 }, 'file_too_large maxSize'],
    ['the least size', { minSize: 10 }, { size: 10 }, 'ok'],
    ['a byte less', { minSize: 10 }, { size: 9 }, 'file_too_large minSize'],
    ['nothing, where nothing is allowed', { maxSize: 0 }, { size: 0 }, 'ok'],
    ['a byte, where nothing is allowed', { maxSize: 0 }, { size: 1 }, 'file_too_large maxSize'],
    ['a size that is a text', { maxSize: '10' }, { size: 1 }, 'forbidden maxSize'],
    ['a size below zero', { minSize: -1 }, { size: 1 }, 'forbidden minSize'],
    ['keys that nobody knows', { colour: 'red', nested: { a: [1] } }, { handle: HANDLE }, 'ok'],
  ])('%s', async (_, more, use, wanted) => {
    expect(await outcome(claims(more), ['read'], use)).toBe(wanted)
  })
})

describe('the spelling of a policy', () => {
  // Its base64 has both letters in which the alphabets differ.
  const json = JSON.stringify({ ...IN_TIME, path: '>>>???ÿÿ' })
  const plain = Buffer.from(json).toString('base64')
  it('differs between the alphabets', () => expect(plain).toMatch(/\+.*\/|\/.*\+/))

  it.each<[string, string, string]>([
    ['plain base64', plain, plain],
    ['base64url', plain.replaceAll('+', '-').replaceAll('/', '_'), plain.replaceAll('+', '-').replaceAll('/', '_')],
    ['without padding', plain.replaceAll('=', ''), plain.replaceAll('=', '')],
    ['a plus that arrives as a space', plain, plain.replaceAll('+', ' ')],
  ])('%s', async (_, signed, sent) => {
    expect(await outcome({ policy: sent, signature: signatureOf(signed, SECRET) })).toBe('ok')
  })

  it.each<[string, string]>([
    ['empty', ''],
    ['no base64', '!!!!'],
    ['percent signs', 'eyJ9%3D'],
    ['a base64 of one letter', 'e'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe]).toString('base64')],
    ['no JSON', Buffer.from('{expiry}').toString('base64')],
    ['a JSON array', Buffer.from(JSON.stringify([IN_TIME])).toString('base64')],
    ['a JSON text', Buffer.from('"policy"').toString('base64')],
    ['null', Buffer.from('null').toString('base64')],
    ['JSON of a thousand levels', Buffer.from(`{"a":${'['.repeat(1000)}${']'.repeat(1000)}}`).toString('base64')],
    ['longer than a URL may be', Buffer.from(JSON.stringify({ ...IN_TIME, path: 'a'.repeat(10_000) })).toString('base64')],
  ])('%s is no policy', async (_, policy) => {
    expect(await outcome({ policy, signature: signatureOf(policy, SECRET) })).toBe('invalid_parameter policy')
  })
})

describe('the signature', () => {
  const signed = claims({ call: 'read' })

  it.each<[string, string]>([
    ['upper case', signed.signature.toUpperCase()],
    ['missing', ''],
    ['a letter short', signed.signature.slice(0, 63)],
    ['a letter long', `${signed.signature}0`],
    ['no hexadecimal', 'g'.repeat(64)],
    ['base64', Buffer.from(signed.signature, 'hex').toString('base64')],
    ['of another secret', signatureOf(signed.policy, 'another secret')],
    ['of the JSON', signatureOf(Buffer.from(signed.policy, 'base64').toString(), SECRET)],
    ['of the other alphabet', signatureOf(signed.policy.replaceAll('=', ''), `${SECRET} `)],
  ])('%s is refused without a reason', async (_, signature) => {
    const error: unknown = await readPolicy({ ...signed, signature }, SECRETS, NOW * 1000).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'forbidden', field: 'signature', reason: undefined })
  })

  it('binds every letter of the policy', async () => {
    for (const [i, letter] of [...signed.policy].entries()) {
      const policy = `${signed.policy.slice(0, i)}${letter === 'A' ? 'B' : 'A'}${signed.policy.slice(i + 1)}`
      expect(await outcome({ ...signed, policy })).toMatch(/^(forbidden signature|invalid_parameter policy)$/)
    }
  })

  it('is of any secret of the app while secrets are changed', async () => {
    const two = [bytesOf('the old one'), bytesOf('the new one')]
    expect(await outcome(signPolicy(IN_TIME, 'the old one'), ['read'], {}, two)).toBe('ok')
    expect(await outcome(signPolicy(IN_TIME, 'the new one'), ['read'], {}, two)).toBe('ok')
    expect(await outcome(signPolicy(IN_TIME, 'a third one'), ['read'], {}, two)).toBe('forbidden signature')
    expect(await outcome(signPolicy(IN_TIME, SECRET), ['read'], {}, [])).toBe('forbidden signature')
  })
})
