/** Addresses that this service never calls for a stranger (RFC 6890 and later registrations). */

type Range = readonly [base: string, prefixBits: number]

const IPV4: readonly Range[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10], // carrier-grade NAT
  ['127.0.0.0', 8],
  ['169.254.0.0', 16], // link-local, and the metadata service of every cloud
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]

const IPV6: readonly Range[] = [
  ['::', 96], // unspecified, loopback, IPv4-compatible
  ['::ffff:0:0', 96], // IPv4-mapped
  ['::ffff:0:0:0', 96], // IPv4-translated
  ['64:ff9b::', 96], // NAT64
  ['64:ff9b:1::', 48],
  ['100::', 64], // discard
  ['2001::', 23], // Teredo and other protocol assignments
  ['2001:db8::', 32],
  ['2002::', 16], // 6to4
  ['3fff::', 20], // documentation
  ['5f00::', 16], // segment routing
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
]

/** The 32 bits of a dotted address; `null` for any other text. */
export function parseIpv4(text: string): bigint | null {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text)?.slice(1).map(Number)
  if (!parts || parts.some((part) => part > 255)) return null
  return parts.reduce((bits, part) => (bits << 8n) | BigInt(part), 0n)
}

/** The 128 bits of an IPv6 address without brackets and zone; `null` for any other text. */
export function parseIpv6(text: string): bigint | null {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(text)
  const v4 = dotted ? parseIpv4(dotted[2] ?? '') : null
  if (dotted && v4 === null) return null
  const plain = dotted && v4 !== null ? `${dotted[1]}${(v4 >> 16n).toString(16)}:${(v4 & 0xffffn).toString(16)}` : text
  const halves = plain.split('::')
  if (halves.length > 2) return null
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - head.length - tail.length
  if (halves.length === 1 ? missing !== 0 : missing < 1) return null
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...tail]
  if (groups.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return null
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n)
}

const within = (address: bigint, base: bigint, prefixBits: number, width: number): boolean =>
  address >> BigInt(width - prefixBits) === base >> BigInt(width - prefixBits)

/** "ISATAP (`:0:5efe:` and `:200:5efe:`)": the interface half embeds an IPv4 address, behind any prefix. */
const isIsatap = (address: bigint): boolean => [0x00005efen, 0x02005efen].includes((address >> 32n) & 0xffffffffn)

/** Whether an address is loopback, private, link-local, reserved, or hides an IPv4 address. `null`: the text is no address. */
export function isSpecialAddress(text: string): boolean | null {
  const v4 = parseIpv4(text)
  if (v4 !== null) return IPV4.some(([base, bits]) => within(v4, parseIpv4(base) ?? 0n, bits, 32))
  const v6 = parseIpv6(text)
  return v6 === null ? null : isIsatap(v6) || IPV6.some(([base, bits]) => within(v6, parseIpv6(base) ?? 0n, bits, 128))
}

/** Whether an address lies in `range`: an address by itself, or `base/bits`. An IPv4-mapped IPv6 address counts as its IPv4 address. */
export function addressInRange(address: string, range: string): boolean {
  const [base = '', bits] = range.split('/')
  const plain = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1] ?? address
  for (const [parse, width] of [[parseIpv4, 32] as const, [parseIpv6, 128] as const]) {
    const [wanted, given] = [parse(base), parse(plain)]
    if (wanted !== null && given !== null) return within(given, wanted, bits === undefined ? width : Number(bits), width)
  }
  return false
}

/** What a client's address counts as: an IPv6 network of 64 bits belongs to one customer, so it counts as one address. `''` for any other text. */
export function addressGroup(address: string): string {
  const v6 = parseIpv6(address)
  if (v6 === null) return parseIpv4(address) === null ? '' : address
  return within(v6, parseIpv6('::ffff:0:0') ?? 0n, 96, 128) ? String(v6 & 0xffffffffn) : `${(v6 >> 64n).toString(16)}/64`
}

/** Whether the text is an address, or an address and a prefix length that fits it. */
export function isAddressRange(text: string): boolean {
  const match = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text)
  const width = match && parseIpv4(match[1] ?? '') !== null ? 32 : match && parseIpv6(match[1] ?? '') !== null ? 128 : -1
  return width > 0 && Number(match?.[2] ?? 0) <= width
}
