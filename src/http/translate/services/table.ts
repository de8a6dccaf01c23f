/** The services whose URLs are understood. To add one: write its file, add its line. The export name is its name in requests. */
export { cloudflare } from './cloudflare.ts'
export { imgix } from './imgix.ts'
