import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../../../src/errors.ts'
import { checkPublicUrl, readAllowHosts } from '../../../src/service/outbound/guard.ts'
import { addressInRange, isAddressRange, parseIpv6 } from '../../../src/service/outbound/ranges.ts'

const refused = (url: string, allow: readonly string[] = []): boolean => {
  try {
    checkPublicUrl(url, allow)
    return false
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid_parameter') return true
    throw error
  }
}

/** First and last address of every special range, and the neighbours outside that are public. */
const V4_RANGES: readonly (readonly [name: string, first: string, last: string, before: string | null, after: string | null])[] = [
  ['this network', '0.0.0.0', '0.255.255.255', null, '1.0.0.0'],
  ['private 10/8', '10.0.0.0', '10.255.255.255', '9.255.255.255', '11.0.0.0'],
  ['carrier NAT', '100.64.0.0', '100.127.255.255', '100.63.255.255', '100.128.0.0'],
  ['loopback', '127.0.0.0', '127.255.255.255', '126.255.255.255', '128.0.0.0'],
  ['link-local', '169.254.0.0', '169.254.255.255', '169.253.255.255', '169.255.0.0'],
  ['private 172.16/12', '172.16.0.0', '172.31.255.255', '172.15.255.255', '172.32.0.0'],
  ['protocol assignments', '192.0.0.0', '192.0.0.255', '191.255.255.255', '192.0.1.0'],
  ['TEST-NET-1', '192.0.2.0', '192.0.2.255', '192.0.1.255', '192.0.3.0'],
  ['private 192.168/16', '192.168.0.0', '192.168.255.255', '192.167.255.255', '192.169.0.0'],
  ['benchmarking', '198.18.0.0', '198.19.255.255', '198.17.255.255', '198.20.0.0'],
  ['TEST-NET-2', '198.51.100.0', '198.51.100.255', '198.51.99.255', '198.51.101.0'],
  ['TEST-NET-3', '203.0.113.0', '203.0.113.255', '203.0.112.255', '203.0.114.0'],
  ['multicast and above', '224.0.0.0', '255.255.255.255', '223.255.255.255', null],
]

describe('checkPublicUrl', () => {
  it.each(V4_RANGES)('refuses %s from the first to the last address, and nothing beside it', (_, first, last, before, after) => {
    expect([refused(`http://${first}/`), refused(`https://${last}:8443/x`)]).toEqual([true, true])
    for (const outside of [before, after]) if (outside !== null) expect(refused(`http://${outside}/`), outside).toBe(false)
  })

  it.each([
    '[::]',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:8.8.8.8]',
    '[::127.0.0.1]',
    '[64:ff9b::7f00:1]',
    '[64:ff9b::8.8.8.8]',
    '[64:ff9b:1::1]',
    '[2001::1]',
    '[2001:0:7f00:1::]',
    '[2002:7f00:1::]',
    '[fe80::5efe:10.0.0.1]',
    '[2606:4700::5efe:7f00:1]',
    '[2606:4700::200:5efe:127.0.0.1]',
    '[fc00::1]',
    '[fdff::1]',
    '[fe80::1]',
    '[febf::1]',
    '[fec0::1]',
    '[ff02::1]',
    '[2001:db8::1]',
  ])('refuses http://%s/', (host) => {
    expect(refused(`http://${host}/`)).toBe(true)
  })

  it.each([
    '[2606:4700:4700::1111]',
    '[2a00:1450:4001:82a::200e]',
    '8.8.8.8',
    'example.org',
    'example.org.',
    'xn--bcher-kva.example.org',
    '1.1.1.1:8080',
  ])('lets http://%s/ through', (host) => {
    expect(refused(`http://${host}/`)).toBe(false)
  })

  it.each([
    ['hexadecimal', 'http://0x7f.1/'],
    ['one number', 'http://2130706433/'],
    ['octal', 'http://0177.0.0.1/'],
    ['short', 'http://127.1/'],
    ['full-width digits', 'http://１２７.0.0.1/'],
    ['a trailing dot', 'http://127.0.0.1./'],
    ['a name', 'http://localhost/'],
    ['a name with a dot', 'http://LOCALHOST./'],
    ['a name below', 'http://a.localhost/'],
    ['mDNS', 'http://printer.local/'],
    ['cloud metadata', 'http://metadata.google.internal/'],
    ['a single label', 'http://intranet/'],
    ['many dots at the end of an address', 'http://127.0.0.1.../'],
    ['many dots at the end of a name', 'http://localhost../'],
    ['many dots at the end of a local name', 'http://printer.local.../'],
    ['many dots at the end of a single label', 'http://intranet..../'],
    ['a full-width dot at the end', 'http://printer.local。/'],
    ['user info', 'http://good.example.org@10.0.0.1/'],
    ['user info before a public host', 'http://user:pass@example.org/'],
    ['another scheme', 'file:///etc/passwd'],
    ['ftp', 'ftp://example.org/'],
    ['no URL', '//example.org'],
    ['nothing', ''],
    ['a URL without end', `http://example.org/${'x'.repeat(3000)}`],
  ])('refuses %s', (_, url) => {
    expect(refused(url)).toBe(true)
  })

  it.each(
    'localhost localdomain local internal intranet lan home corp private test invalid example onion svc consul docker mail router home.arpa svc.cluster.local localhost.localdomain in-addr.arpa'.split(
      ' ',
    ),
  )('refuses names below %s, and no public name that merely looks so', (tree) => {
    for (const host of [`a.${tree}`, `a.b.${tree}`, `A.${tree.toUpperCase()}`, `a.${tree}.`, `a.${tree}..`])
      expect(refused(`https://${host}/`), host).toBe(true)
    for (const host of [`${tree}.example.org`, `my${tree}.org`]) expect(refused(`https://${host}/`), host).toBe(false)
  })

  it('lets through exactly the hosts that the operator named', () => {
    const allow = readAllowHosts(' 127.0.0.1:9000 , hooks.internal,')
    expect(allow).toEqual(['127.0.0.1:9000', 'hooks.internal'])
    expect(refused('http://127.0.0.1:9000/x', allow)).toBe(false)
    expect(refused('http://127.0.0.1:9001/x', allow)).toBe(true)
    expect(refused('http://127.0.0.1/x', allow)).toBe(true)
    expect(refused('https://hooks.internal/', allow)).toBe(false)
    expect(refused('https://hooks.internal:8443/', allow)).toBe(false)
    expect(refused('https://evil-hooks.internal/', allow)).toBe(true)
    expect(refused('http://user@127.0.0.1:9000/', allow)).toBe(true)
    expect(refused('http://127.0.0.1:80/', ['127.0.0.1:80'])).toBe(false)
  })

  it('never calls itself, even where its own address is allowed', () => {
    expect(() => checkPublicUrl('http://127.0.0.1:8787/', ['127.0.0.1'], ['127.0.0.1:8787'])).toThrow(AppError)
    expect(checkPublicUrl('http://127.0.0.1:9000/', ['127.0.0.1'], ['127.0.0.1:8787']).port).toBe('9000')
    expect(() => checkPublicUrl('https://images.example.org/', [], ['images.example.org:443'])).toThrow(AppError)
  })

  it('refuses every IPv4 address in whatever way IPv6 can hold it', () => {
    const hex = (bytes: readonly number[]): string =>
      [bytes.slice(0, 2), bytes.slice(2)].map((pair) => pair.map((b) => b.toString(16).padStart(2, '0')).join('')).join(':')
    fc.assert(
      fc.property(fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }), (bytes) => {
        for (const form of [
          `[::ffff:${hex(bytes)}]`,
          `[::${hex(bytes)}]`,
          `[64:ff9b::${hex(bytes)}]`,
          `[2002:${hex(bytes)}::1]`,
          `[2606::5efe:${hex(bytes)}]`,
        ]) {
          expect(refused(`http://${form}/`), form).toBe(true)
        }
      }),
    )
  })

  it('answers a URL or refuses, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.ipV6().map((ip) => `http://[${ip}]/`),
        ),
        (text) => typeof refused(text) === 'boolean',
      ),
    )
  })
})

describe('address ranges', () => {
  it('reads IPv6 as the URL parser writes it', () => {
    fc.assert(
      fc.property(
        fc.ipV6().filter((ip) => URL.canParse(`http://[${ip}]/`)),
        (ip) => {
          const canonical = new URL(`http://[${ip}]/`).hostname.slice(1, -1)
          expect(parseIpv6(ip)).toBe(parseIpv6(canonical))
        },
      ),
    )
    expect(['', ':', '1::2::3', '12345::', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '::1.2.3.256'].map(parseIpv6)).toEqual([
      null,
      null,
      null,
      null,
      null,
      null,
      null,
    ])
  })

  it.each([
    ['192.0.2.7', '192.0.2.0/24', true],
    ['192.0.3.7', '192.0.2.0/24', false],
    ['192.0.2.7', '192.0.2.7', true],
    ['::ffff:192.0.2.7', '192.0.2.0/24', true],
    ['2001:db8::1', '2001:db8::/32', true],
    ['2001:db9::1', '2001:db8::/32', false],
    ['2001:db8::1', '192.0.2.0/24', false],
    ['9.9.9.9', '0.0.0.0/0', true],
    ['', '0.0.0.0/0', false],
  ])('%s in %s: %s', (address, range, inside) => {
    expect(addressInRange(address, range)).toBe(inside)
  })

  it.each([
    ['10.0.0.0/8', true],
    ['10.0.0.0/33', false],
    ['::/128', true],
    ['::/129', false],
    ['10.0.0', false],
    ['example.org', false],
    ['10.0.0.0/', false],
  ])('%s is a range: %s', (text, valid) => {
    expect(isAddressRange(text)).toBe(valid)
  })
})
