import { type Seen, seen } from './seen.ts'

const PHP = 'https://github.com/backstagephp/php-uploadcare-transformations/blob/main/README.md'
/** Its pages leave the host and the id out. */
const OPERATION = 'https://ucarecdn.com/12a3456b-c789-1234-1de2-3cfa83096e25/-/*/'

export const uploadcare: readonly Seen[] = [
  ...seen(
    'https://uploadcare.com/docs/transformations/image.md',
    'https://2ilqpaxwma.ucarecd.net/5e39e315-c06c-4d81-9b4a-35fca661621c/-/preview/*image.jpg',
    '-/sharp/15/ -/enhance/100/',
  ),
  ...seen(
    'https://uploadcare.com/docs/transformations/image.md',
    '*',
    'https://2ilqpaxwma.ucarecd.net/5e39e315-c06c-4d81-9b4a-35fca661621c/-/preview/image.jpg',
  ),
  ...seen(PHP, OPERATION, 'crop/320x50p/center/-/setfill/ffffff scale_crop/440x440/80%25,80%25'),
  ...seen(
    PHP,
    OPERATION,
    `autorotate/no autorotate/yes blur/50 blur_faces/50 srgb/icc crop/100x50p/center crop/100x100/50,50 crop/100x50p/25p,25p crop/4:3/bottom enhance/50 filter/adaris/50 flip format/jpg
    grayscale invert mirror overlay/e6b0c1c0-1b1a-4b1a-9b1a-1b1a1b1a1b1a/150x150/200,300/25p preview/100x100 progressive/yes progressive/no quality/smart rasterize resize/250x rotate/180
    scale_crop/100x100/30p,50p scale_crop/100x100/bottom setfill/ff0000 sharp/20 scale_crop/100x100/smart_faces_objects/30p,50p scale_crop/100x100/smart_faces_objects/right smart_resize/500x500 zoom_objects/50`,
  ),
  ...seen(
    'https://github.com/uploadcare/uploadcare-rails/blob/main/README.md',
    'https://ucarecdn.com/ebbb9929-eb92-4f52-a212-eecfdb19d27d/-/*/',
    'quality/better crop/300x500/50,50/center',
  ),
  ...seen(
    'https://github.com/uploadcare/uploadcare-rails/blob/main/README.md',
    '*',
    'https://ucarecdn.com/2d33999d-c74a-4ff9-99ea-abc23496b052/-/quality/better/ https://ucarecdn.com/dbc4e868-b7a6-43ff-a35f-2ebef935dc1b~1/nth/0/-/quality/better/',
  ),
  ...seen(
    'https://github.com/uploadcare/pyuploadcare/blob/main/docs/core_api.rst',
    'https://ucarecdn.com/a771f854-c2cb-408a-8c36-71af77811f3b/-/*/',
    'effect/flip/-/effect/mirror grayscale/-/flip',
  ),
  ...seen(
    'https://www.npmjs.com/package/@uploadcare/blocks',
    '*',
    'https://ucarecdn.com/2883da9f-6962-49db-9947-f91a3e25be2f/-/preview/ https://ucarecdn.com/c2499162-eb07-4b93-b31e-94a89a47e858/-/resize/100x/image.jpeg',
  ),
  ...seen(
    'https://www.npmjs.com/package/@uploadcare/blocks',
    'https://ucarecdn.com/c2499162-eb07-4b93-b31e-94a89a47e858/-/*/',
    'scale_crop/1x1/center resize/10x resize/10x/-/scale_crop/1x1/center',
  ),
  ...seen(
    'https://www.npmjs.com/package/@uploadcare/nextjs-loader',
    '*',
    'https://ucarecdn.com/1cc871de-5d82-442d-b4d6-aa2e35966879/-/resize/112x112/-/quality/lightest/logocircle2x.png https://ucarecdn.com/a6f8abc8-f92e-460a-b7a1-c5cd70a18cdb/-/format/auto/-/resize/300x/vercel.png',
  ),
]
