// Prints the HTML that packages make of one stored picture, as JSON: node render.mjs {origin} {account} {path}
import { createRequire } from 'node:module'
import { createImage } from '@nuxt/image/runtime'
import ipx from '@nuxt/image/runtime/providers/ipx'
import vercel from '@nuxt/image/runtime/providers/vercel'
import { transformProps } from '@unpic/core'
import { getProviderForUrl, transformUrl } from 'unpic'

const [origin, account, path] = process.argv.slice(2)
const require = createRequire(import.meta.url)

const attributes = (of) =>
  Object.entries(of)
    .filter(([, value]) => typeof value === 'string')
    .map(([name, value]) => `${name}="${value.replaceAll('&', '&amp;').replaceAll('"', '&quot;')}"`)
    .join(' ')
const img = (of) => `<img ${attributes(of)}>`

/** next/image, whose settings its compiler puts in the place of a variable. */
function next() {
  const { imageConfigDefault } = require('next/dist/shared/lib/image-config.js')
  process.env = { ...process.env, NODE_ENV: 'production', __NEXT_IMAGE_OPTS: { ...imageConfigDefault, path: `${origin}/_next/image` } }
  const { createElement } = require('react')
  const { renderToStaticMarkup } = require('react-dom/server')
  const Image = require('next/image').default
  const html = (props) => renderToStaticMarkup(createElement(Image, { src: path, alt: '', width: 800, height: 533, ...props }))
  const loader = ({ src, width, quality }) => `${origin}/${account}/image${encodeURI(src)}?w=${width}&fit=shrink&f=auto&q=${quality ?? 75}`
  return [
    { name: 'next/image, default path', html: html({}) },
    { name: 'next/image, default path, fluid', html: html({ sizes: '100vw' }) },
    { name: 'next/image, custom loader', html: html({ sizes: '50vw', loader }) },
  ]
}

function nuxt() {
  const $img = createImage({
    providers: {
      ipx: { setup: ipx, defaults: { baseURL: `${origin}/_ipx` } },
      vercel: { setup: vercel, defaults: { baseURL: `${origin}/_vercel/image` } },
    },
    provider: 'ipx',
    presets: {},
    domains: [],
    alias: {},
    screens: { xs: 320, sm: 640, md: 768, lg: 1024, xl: 1280 },
    densities: [1, 2],
    nuxt: { baseURL: '/' },
  })
  const modifiers = { width: 400, height: 300, quality: 70 }
  return [
    { name: '@nuxt/image, ipx, densities', html: img($img.getSizes(path, { provider: 'ipx', modifiers: { width: 400, format: 'webp' } })) },
    {
      name: '@nuxt/image, ipx, sizes',
      html: img($img.getSizes(path, { provider: 'ipx', sizes: 'xs:100vw sm:50vw md:400px', modifiers: { ...modifiers, fit: 'cover' } })),
    },
    { name: '@nuxt/image, vercel', html: img($img.getSizes(path, { provider: 'vercel', sizes: 'xs:100vw sm:50vw md:400px', modifiers })) },
  ]
}

/** What unpic tells of a URL, and makes of it. */
function unpic() {
  const url = encodeURIComponent(path)
  const shapes = {
    ipx: `/_ipx/_${path}`,
    vercel: `/_vercel/image?url=${url}&w=100&q=75`,
    nextjs: `/_next/image?url=${url}&w=100&q=75`,
    netlify: `/.netlify/images?url=${url}`,
  }
  return Object.entries(shapes).map(([name, shape]) => ({
    name: `unpic, ${name}`,
    detected: getProviderForUrl(origin + shape) === name,
    html: img(transformProps({ src: origin + shape, width: 800, height: 600, layout: 'constrained', alt: '' })),
  }))
}

/** Below an account unpic has to be told which one it is. */
function unpicOfAccount() {
  const widths = [200, 400, 1600]
  const srcset = (urlOf) => img({ src: urlOf(400), srcset: widths.map((width) => `${urlOf(width)} ${width}w`).join(', '), sizes: '100vw' })
  const below = `${origin}/${account}`
  return [
    {
      name: 'unpic, ipx of an account',
      html: srcset((width) => transformUrl({ url: path, provider: 'ipx', width }, undefined, { ipx: { baseURL: `${below}/_ipx` } })),
    },
    {
      name: 'unpic, cloudflare of an account',
      detected: getProviderForUrl(`${origin}/cdn-cgi/image/width=1${path}`) === 'cloudflare',
      html: srcset((width) => below + transformUrl({ url: path, provider: 'cloudflare', width, height: width / 2, quality: 60 })),
    },
  ]
}

console.log(JSON.stringify([...next(), ...nuxt(), ...unpic(), ...unpicOfAccount()]))
