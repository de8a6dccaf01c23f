/** The vocabulary. To add an operation: write its file, add its line. The export name is its name in a plan. */
export { cover } from './cover.ts'
export { crop } from './crop.ts'
export { flatten } from './flatten.ts'
export { flip } from './flip.ts'
export { resize } from './resize.ts'
