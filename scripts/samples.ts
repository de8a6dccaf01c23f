/**
 * Makes the project's own pictures. `npm run samples` makes the small ones that are committed, in samples/;
 * `npm run samples -- --large` makes those of 2 to 100 megapixels, in samples/large/, or some of them: `--large=12,24`.
 */
import { parseArgs } from 'node:util'
import { isLargeSize, LARGE_SIZES, largePhotosOf, makeLargePhotos } from './samples/large-photos.ts'
import { makeSmallPhotos } from './samples/small-photos.ts'

const args = process.argv.slice(2).map((word) => (word === '--large' ? `--large=${LARGE_SIZES.join(',')}` : word))
const { values } = parseArgs({ args, options: { large: { type: 'string' } } })

if (values.large === undefined) await makeSmallPhotos()
else {
  const sizes = values.large.split(',').map(Number)
  const wrong = sizes.find((size) => !isLargeSize(size))
  if (wrong !== undefined) throw new Error(`--large knows ${LARGE_SIZES.join(', ')} megapixels, not ${wrong}.`)
  await makeLargePhotos(largePhotosOf(sizes.filter(isLargeSize)))
}
