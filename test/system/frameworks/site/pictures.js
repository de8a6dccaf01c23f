import { baseService } from 'astro/assets'

/** Astro's external image service of docs/frameworks.md. */
export default {
  ...baseService,
  getURL({ src, width, height, format, quality, fit }) {
    const asked = { url: typeof src === 'string' ? src : src.src, w: width, h: height, fm: format, q: quality, fit }
    const given = Object.entries(asked).filter(([, value]) => value !== undefined)
    return `${process.env.ORIGIN}/.netlify/images?${new URLSearchParams(given.map(([name, value]) => [name, String(value)]))}`
  },
}
