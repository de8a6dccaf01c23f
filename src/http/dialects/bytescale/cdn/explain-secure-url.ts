import type { KnownKey } from '../../../credentials.ts'
import { EXPLAIN } from '../../../explain/wanted.ts'
import type { Target } from '../url.ts'
import { explainEncrypted } from './explain-encrypted.ts'
import { type ExplainedUrl, malformedSignature } from './explain-signature.ts'
import { explainSigned } from './explain-signed.ts'
import { spellingsOf } from './url-spellings.ts'

/**
 * Explains the signature of a URL to the holder of a key of its account. `keys` are those of the account; `tells` says whether the holder may learn what a
 * key signs. A parameter `explain` that stands beside the signature and was not signed counts for nothing.
 */
export async function explainSecureUrl(
  url: URL,
  hostHeader: string | undefined,
  { path, query }: Target,
  keys: readonly KnownKey[],
  tells: (keyId: string) => boolean,
  now: number,
): Promise<ExplainedUrl> {
  const rest = query.filter(([name]) => name !== EXPLAIN)
  const valueOf = (wanted: string): readonly string[] => rest.filter(([name]) => name === wanted).map(([, value]) => value)
  const [sigs, encs] = [valueOf('sig'), valueOf('enc')]
  const texts = spellingsOf(url, hostHeader)
  if (sigs.length + encs.length === 0) return { signature: null, target: { path, query: rest } }
  const [sig, enc] = [sigs[0], encs[0]]
  if (sigs.length + encs.length > 1) {
    const received = sig ?? enc ?? ''
    return { signature: malformedSignature(received, 'Expected "sig" or "enc", once.'), target: null }
  }
  if (sig !== undefined) {
    const asked = rest.filter(([name]) => name !== 'sig')
    return { signature: await explainSigned(texts, asked, sig, keys, tells, now), target: { path, query: asked } }
  }
  return explainEncrypted(texts, { path, query: rest }, enc ?? '', keys, tells, now)
}
