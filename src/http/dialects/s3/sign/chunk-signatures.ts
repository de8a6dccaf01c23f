import { timingSafeEqual } from 'hono/utils/buffer'
import type { HashText } from '../../../../service/ports.ts'
import type { NewHash } from '../../../../service/files/content/new-hash.ts'
import type { ChunkSignatures } from '../body/aws-chunked.ts'
import { hex } from '../body/encodings.ts'
import { refuse } from '../codes.ts'
import { chunkToSign, trailerToSign } from './canonical.ts'
import type { Signed } from './verify.ts'

/** Each chunk's signature signs the one before, and the first one that of the request: chunks can neither be changed nor moved. */
export function createChunkSignatures({ time, scope, signature, sign }: Signed, newHash: NewHash, hash: HashText): ChunkSignatures {
  let before = signature
  let running = newHash('sha256')

  async function demand(text: string, given: string): Promise<void> {
    const expected = await sign(text)
    if (!(await timingSafeEqual(expected, given)))
      throw refuse('SignatureDoesNotMatch', 'The signature of a chunk or of the trailers does not match what was received.')
    before = expected
  }

  return {
    update: (bytes) => running.update(bytes),
    async endChunk(given) {
      const digest = hex(running.digest())
      running = newHash('sha256')
      await demand(chunkToSign(time, scope, before, digest), given)
    },
    endTrailers: async (lines, given) => demand(trailerToSign(time, scope, before, await hash(lines)), given),
  }
}
