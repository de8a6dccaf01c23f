import { all, type Made, each, withoutQuery } from './made.ts'

const URL = 'https://cdn.shopify.com/s/files/1/0001/products/shirt.jpg?*'

/** Parameters of shopify.dev/docs/api/liquid/filters/image_url, and the older names of files. */
export const shopify: Made = {
  mutants: withoutQuery,
  rows: [
    ...each(URL, [
      ['width=450', 'w=450&fit=shrink'],
      ['height=450', 'h=450&fit=shrink'],
      ['width=450&height=300', 'w=450&h=300&fit=shrink'],
      ['width=450&height=300&crop=center', 'w=450&h=300&fit=shrink-crop&crop=center'],
      ['width=450&height=300&crop=top', 'w=450&h=300&fit=shrink-crop&crop=top'],
      ['width=450&format=webp', 'w=450&fit=shrink&f=webp'],
      ['width=450&v=1530129113', 'w=450&fit=shrink&version=1530129113'],
      ['crop=region&crop_left=32&crop_top=16&crop_width=512&crop_height=256', 'crop-x=32&crop-y=16&crop-w=512&crop-h=256', ['crop=region']],
    ]),
    ...all(
      URL,
      'width=450&height=300&crop=left width=450&height=300&crop=right width=450&height=300&crop=bottom width=450&format=pjpg width=450&format=jpg width=450&height=450&pad_color=fff width=5760',
    ),
    ['https://cdn.shopify.com/s/files/1/0001/products/shirt_300x300.jpg', 'w=300&h=300&fit=shrink'],
    [
      'https://cdn.shopify.com/s/files/1/0001/products/shirt_300x300_crop_center.jpg?v=15',
      'w=300&h=300&fit=shrink-crop&crop=center&version=15',
    ],
    ['https://cdn.shopify.com/s/files/1/0001/products/shirt_300x@2x.jpg', 'w=600&fit=shrink'],
    ['https://cdn.shopify.com/s/files/1/0001/products/shirt_x200.progressive.jpg', 'h=200&fit=shrink'],
  ],
}
