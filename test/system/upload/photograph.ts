import sharp from 'sharp'

/** What a phone writes about the place; words that nothing else in the file has. */
export const PLACE_WORDS = ['GPSLatitude', 'WGS-84-EMULSION', '2026:11:27']

const XMP = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="51,30.538N" exif:GPSLongitude="0,7.5W"/></rdf:RDF></x:xmpmeta>`

/** Of the grain, which is laid side by side. */
const TILE = { width: 300, height: 200 }

/** A photograph of 12 megapixels as a phone stores it: with grain, and the place in EXIF and XMP. JPEG. */
export async function locatedPhotograph(lake: string, width = 4032, height = 3024): Promise<Buffer> {
  const grain = sharp({ create: { ...TILE, channels: 3, background: '#808080', noise: { type: 'gaussian', mean: 128, sigma: 24 } } })
  return sharp(lake)
    .resize(width, height, { fit: 'fill', kernel: 'cubic' })
    .composite([{ input: await grain.raw().toBuffer(), raw: { ...TILE, channels: 3 }, tile: true, blend: 'soft-light' }])
    .withXmp(XMP)
    .withExif({
      IFD0: { Model: 'Emulsion Phone', Artist: 'Ana' },
      IFD3: {
        GPSLatitudeRef: 'N',
        GPSLatitude: '51/1 30/1 3230/100',
        GPSLongitudeRef: 'W',
        GPSLongitude: '0/1 7/1 3000/100',
        GPSMapDatum: 'WGS-84-EMULSION',
        GPSDateStamp: '2026:11:27',
      },
    })
    .jpeg({ quality: 90 })
    .toBuffer()
}
