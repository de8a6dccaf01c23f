import { type Seen, seen } from './seen.ts'

const DOCS = 'https://github.com/cloudflare/cloudflare-docs/blob/production/src/content'
const AVATAR = 'https://example.com/cdn-cgi/image/*/uploads/avatar1.jpg'
const option = (name: string, wishes: string): readonly Seen[] => seen(`${DOCS}/partials/images/${name}.mdx`, AVATAR, wishes)

/** A file of the index of public code, which tells no address. */
const code = (id: string, wishes: string): readonly Seen[] => seen(`public code, file ${id}`, '*', wishes)

export const cloudflare: readonly Seen[] = [
  ...seen(`${DOCS}/docs/images/transform-images/transform-via-url.mdx`, AVATAR, 'width=80,quality=75 fit=scale-down,width=1920'),
  ...seen(
    `${DOCS}/docs/images/transform-images/transform-via-url.mdx`,
    'https://example.com*',
    '/cdn-cgi/image/width=100/https://s3.example.com/bucket/image.png',
  ),
  ...seen(
    `${DOCS}/docs/images/optimization/make-responsive-images.mdx`,
    'https://example.com*',
    `/cdn-cgi/image/fit=contain,width=960/assets/product.jpg /cdn-cgi/image/fit=contain,width=1920/assets/product.jpg /cdn-cgi/image/fit=contain,width=320/assets/hero.jpg
    /cdn-cgi/image/fit=contain,width=640/assets/hero.jpg /cdn-cgi/image/fit=contain,width=960/assets/hero.jpg /cdn-cgi/image/fit=contain,width=1280/assets/hero.jpg
    /cdn-cgi/image/fit=contain,width=2560/assets/hero.jpg /cdn-cgi/image/width=960/assets/hero.jpg /cdn-cgi/image/fit=contain,width=480/assets/hero.jpg /cdn-cgi/image/format=auto/assets/hero.jpg
    /cdn-cgi/image/width=auto/assets/hero.jpg`,
  ),
  ...option('fit', 'fit=pad'),
  ...option('gravity', 'gravity=auto gravity=left gravity=0x1 gravity=face g=auto g=left g=0x1 g=face'),
  ...option('trim', 'trim=20;30;20;0 trim.width=678 trim.height=678 trim.left=30 trim.top=40'),
  ...option('background', 'background=red background=rgb%28240%2C40%2C145%29'),
  ...option('format', 'format=auto f=auto'),
  ...option('quality', 'quality=50 quality=low q=50'),
  ...option('metadata', 'metadata=none'),
  ...option('anim', 'anim=false'),
  ...option('blur', 'blur=50'),
  ...option('brightness', 'brightness=0.5'),
  ...option('flip', 'flip=h flip=h,rotate=90'),
  ...option('rotate', 'rotate=90'),
  ...option('compression', 'compression=fast'),
  ...option('contrast', 'contrast=0.5'),
  ...option('dpr', 'dpr=1 width=300,height=200,dpr=1 width=300,height=200,dpr=2'),
  ...option('gamma', 'gamma=0.5'),
  ...option('height', 'height=250 h=250'),
  ...option('onerror', 'onerror=redirect'),
  ...option('saturation', 'saturation=0.5'),
  ...option('segment', 'segment=foreground'),
  ...option('sharpen', 'sharpen=2'),
  ...option('slow-connection-quality', 'slow-connection-quality=50 scq=50'),
  ...option('zoom', 'zoom=0.1 zoom=0.2 face-zoom=0.2'),
  ...option('width', 'width=250 w=250'),
  ...seen(
    `${DOCS}/docs/images/optimization/hosted-images/serve-from-custom-domains.mdx`,
    '*',
    'https://example.com/cdn-cgi/imagedelivery/ZWd9g1K7eljCn_KDTu_MWA/083eb7b2-5392-4565-b69e-aff66acddd00/public',
  ),
  ...seen(
    `${DOCS}/docs/images/optimization/hosted-images/enable-flexible-variants.mdx`,
    'https://imagedelivery.net/ZWd9g1K7eljCn_KDTu_MWA/083eb7b2-5392-4565-b69e-aff66acddd00/*',
    'w=400,sharpen=3',
  ),
  ...code(
    '19122780827',
    'https://recipesbyclare.com/cdn-cgi/image/fit=contain,width=480,format=auto/assets/images/1737383298828-rtr6ha63.webp',
  ),
  ...code(
    '31539666467',
    'https://www.classicfootballshirts.co.uk/cdn-cgi/image/fit=pad,q=70,f=webp//pub/media/catalog/product//g/l/glw1002-1_3wjcgah73yqn5ufs.jpg',
  ),
  ...code('58591203032', 'https://wrpcd.net/cdn-cgi/image/fit=contain,f=auto,w=60/https%3A%2F%2Fi.imgur.com%2FUrc2CHT.gif'),
  ...code(
    '12065731832',
    'https://media.beehiiv.com/cdn-cgi/image/fit=scale-down,format=auto,onerror=redirect,quality=80/uploads/publication/logo/ce78b549-5923-439b-be24-3f24c454bc12/ICONE_the_news_com_AMARELO.png',
  ),
  ...code(
    '56135214992',
    'https://img.cdn4dd.com/cdn-cgi/image/fit=contain,format=auto/https://doordash-static.s3.amazonaws.com/media/photosV2/e35cca4a-a694-4eed-823f-7253f72b8e6f-retina-large.jpg',
  ),
  ...code(
    '71280277832',
    'https://i.muicv.com/cdn-cgi/image/fit=scale-down,format=auto,width=768,quality=75/https://i.muicv.com/blog/ai-agent-gamebook-creation-guide/cover.jpg',
  ),
  ...code(
    '48248933582',
    'https://www.getsteamwallet.com/cdn-cgi/image/fit=scale-down,w=1920,q=85,f=auto,anim=false,sharpen=0,onerror=redirect,metadata=none/storage/product_groups/0mGiqUhquq8swhJkA0ELYKt1L5z1Tkr5PS2dAhLd.jpeg',
  ),
  ...code(
    '28764177752',
    'https://img.i-scmp.com/cdn-cgi/image/fit=contain,width=425,format=auto/sites/default/files/styles/768x768/public/images/methode/2018/11/09/4189f666-e0cb-11e8-829d-1199cf0acfc4_1280x720_104300.JPG',
  ),
  ...code('63152165032', 'https://example.com/cdn-cgi/image/width=800,quality=80/image.jpg'),
]
