export { cloudflare } from './cloudflare.ts'
export { imgix } from './imgix.ts'
