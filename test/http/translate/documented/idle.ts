import type { ServiceName } from '../../../../src/http/translate/translate.ts'

/**
 * What the translator says to have no effect in the URLs of the tables, gone through by hand: the service's default, a choice between things that the URL does not wish,
 * what is overridden in the same URL, and what this service always does.
 */
export const IDLE: Readonly<Record<ServiceName, readonly string[]>> = {
  // Defaults; places and fits without the two sides that they choose between.
  cloudflare: words(
    'fit=scale-down fit=pad fit=contain gravity=left gravity=0x1 g=left g=0x1 metadata=none dpr=1 zoom=0.1 zoom=0.2 face-zoom=0.2 q=85',
  ),
  // Defaults; places of a crop that is none.
  cloudinary: words('c=scale c=fill c=fit g=center p=a x=1 y=2 x=100 y=100 q=80'),
  imagekit: [],
  // Defaults; who made the URL; a crop to one side.
  imgix: words('fit=clip fit=crop dpr=1 q=75 ixlib=js- ixlib=react-x.x.x ixlib=react-7.2.0'),
  // Without a size; overridden by a later word.
  imgproxy: words('resizing_type=fill enlarge=1 gravity=soea dpr=2 background=fff strip_metadata=true'),
  // The default fit; a turn that ipx rounds to none; a GIF moves anyway.
  ipx: words('embed= r=45 animated='),
  shopify: [],
  // The focus is found, whatever the alignment; metadata go unless they are wished for.
  thumbor: words('halign=left valign=top strip_icc= strip_exif= quality=80'),
  uploadcare: words('autorotate=yes progressive=no rasterize='),
}

function words(text: string): readonly string[] {
  return text.split(' ')
}
