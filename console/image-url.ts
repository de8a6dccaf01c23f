import { UrlBuilder } from '@bytescale/sdk'
import type { Parameters } from './recipe.ts'

/** What browsers say for pictures: with it `f=auto` answers as they get it. */
export const IMAGE_ACCEPT = 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8'

/** The picture that the form asks for. */
export interface Wish {
  /** Of the service: `https://images.example.com`. */
  readonly origin: string
  readonly accountId: string
  /** Begins with `/`; not encoded. */
  readonly filePath: string
  readonly recipe: readonly Parameters[]
}

/** The URL of the transformed picture. */
export function imageUrl({ origin, accountId, filePath, recipe }: Wish): string {
  const options = { transformation: 'image', transformationParams: recipe as Parameters[], cdnUrl: origin } as const
  return UrlBuilder.url({ accountId, filePath, options })
}

/** The URL of the file as it was uploaded. */
export const rawUrl = ({ origin, accountId, filePath }: Wish): string =>
  UrlBuilder.url({ accountId, filePath, options: { cdnUrl: origin } })
