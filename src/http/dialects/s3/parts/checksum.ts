import type { NewHash } from '../../../../service/files/content/new-hash.ts'
import type { PartChecksum, SentPart } from '../../../../service/files/parts/session.ts'
import { fromBase64 } from '../../../hmac.ts'
import { digestOf } from '../body/checks.ts'
import { combineCrcs, type Crc } from '../body/combine-crc.ts'
import { CRC32, CRC32C, CRC64_NVME } from '../body/crc.ts'
import { base64 } from '../body/encodings.ts'
import { refuse } from '../codes.ts'
import type { S3Request } from '../request.ts'

const [HIGH, LOW] = CRC64_NVME
/** The algorithms by S3's names. Those without a CRC cannot be put together from those of parts. */
const ALGORITHMS: ReadonlyMap<string, Crc | null> = new Map([
  ['CRC32', { polynomial: BigInt(CRC32), width: 32 }],
  ['CRC32C', { polynomial: BigInt(CRC32C), width: 32 }],
  ['CRC64NVME', { polynomial: (BigInt(HIGH) << 32n) | BigInt(LOW), width: 64 }],
  ['SHA1', null],
  ['SHA256', null],
])

/** Header of a checksum, and its element in XML. */
export const headerOf = ({ name }: PartChecksum): string => `x-amz-checksum-${name.toLowerCase()}`
export const elementOf = ({ name }: PartChecksum): string => `Checksum${name}`
export const typeOf = ({ isOfAllBytes }: PartChecksum): string => (isOfAllBytes ? 'FULL_OBJECT' : 'COMPOSITE')

/** The checksum that an upload is begun with. @throws AppError NotImplemented, InvalidRequest. */
export function readPartChecksum({ headers }: S3Request): PartChecksum | null {
  const [name, type] = [headers.get('x-amz-checksum-algorithm')?.toUpperCase(), headers.get('x-amz-checksum-type')?.toUpperCase()]
  if (name === undefined) {
    if (type !== undefined)
      throw refuse('InvalidRequest', 'The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.')
    return null
  }
  const crc = ALGORITHMS.get(name)
  if (crc === undefined) throw refuse('NotImplemented', `Checksum algorithms are ${[...ALGORITHMS.keys()].join(', ')}.`)
  const isOfAllBytes = type === undefined ? name === 'CRC64NVME' : type === 'FULL_OBJECT'
  const isPossible = isOfAllBytes ? crc !== null : type === undefined || type === 'COMPOSITE'
  if (!isPossible || (!isOfAllBytes && name === 'CRC64NVME'))
    throw refuse('InvalidRequest', `The ${String(type)} checksum type cannot be used with the ${name} checksum algorithm.`)
  return { name, isOfAllBytes }
}

/** The checksum of a file of such parts, as S3 writes it: of all its bytes, or of the checksums of its parts. `null` where a part has none. */
export function checksumOfParts(checksum: PartChecksum, parts: readonly SentPart[], newHash: NewHash): string | null {
  const sums = parts.map((part) => (part.checksum === null ? null : fromBase64(part.checksum)))
  if (sums.some((sum) => sum === null)) return null
  const known = sums as readonly Uint8Array[] // none is null
  const crc = ALGORITHMS.get(checksum.name)
  if (checksum.isOfAllBytes && crc) {
    const runs = known.map((sum, i) => ({ crc: numberOf(sum), bytes: parts[i]?.size ?? 0 }))
    return base64(bytesOf(combineCrcs(crc, runs), crc.width / 8))
  }
  const joined = new Uint8Array(known.flatMap((sum) => [...sum]))
  return `${base64(digestOf(headerOf(checksum), joined, newHash))}-${parts.length}`
}

const numberOf = (bytes: Uint8Array): bigint => bytes.reduce((number, byte) => (number << 8n) | BigInt(byte), 0n)
const bytesOf = (number: bigint, count: number): Uint8Array =>
  Uint8Array.from({ length: count }, (_, i) => Number((number >> BigInt(8 * (count - 1 - i))) & 255n))
