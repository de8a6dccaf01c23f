/** The formats. To add one: write its file, add its line. The export name is its name in a plan. */
export { avif } from './avif.ts'
export { bmp } from './bmp.ts'
export { gif } from './gif.ts'
export { ico } from './ico.ts'
export { jpeg } from './jpeg.ts'
export { png } from './png.ts'
export { tiff } from './tiff.ts'
export { webp } from './webp.ts'
