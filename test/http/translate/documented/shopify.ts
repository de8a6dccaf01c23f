import { type Seen, seen } from './seen.ts'

const DOCS = 'https://shopify.dev/docs/api/liquid/filters'
const POTIONS = 'https://polinas-potent-potions.myshopify.com/cdn/shop/*'
const BEAKERS = 'files/science-beakers-blue-light-new'
/** A file of the index of public code, which tells no address. */
const code = (id: string, wishes: string): readonly Seen[] => seen(`public code, file ${id}`, '*', wishes)

export const shopify: readonly Seen[] = [
  ...seen(
    `${DOCS}/img_url`,
    POTIONS,
    `${BEAKERS}_small.jpg?v=1683744744 ${BEAKERS}_480x.jpg?v=1683744744 ${BEAKERS}_x480.jpg?v=1683744744 ${BEAKERS}_480x480.jpg?v=1683744744 ${BEAKERS}_large.jpg?v=1683744744`,
  ),
  ...seen(
    `${DOCS}/file_img_url`,
    POTIONS,
    'files/potions-header_small.png?v=4246568442683817558 files/potions-header_large.png?v=4246568442683817558',
  ),
  ...seen(`${DOCS}/image_tag`, POTIONS, `${BEAKERS}.jpg?v=1683744744&width=200`),
  ...seen(
    `${DOCS}/asset_img_url`,
    POTIONS,
    't/4/assets/red-and-black-bramble-berries_small.jpg?v=337 t/4/assets/red-and-black-bramble-berries_large.jpg?v=337',
  ),
  ...seen(
    `${DOCS}/collection_img_url`,
    POTIONS,
    'collections/sale-written-in-lights.jpg?v=1657654130 collections/sale-written-in-lights_large.jpg?v=1657654130',
  ),
  ...seen(
    `${DOCS}/article_img_url`,
    POTIONS,
    'articles/beakers-for-science-with-water_small.jpg?v=1654385193 articles/beakers-for-science-with-water_large.jpg?v=1654385193',
  ),
  ...seen(
    'https://performance.shopify.com/en-ca/pages/liquid-image_tag-demo',
    '*',
    'https://cdn.shopify.com/s/files/1/0657/6730/9530/files/dog.jpg?v=1664903481&width=300',
  ),
  ...seen(
    'https://www.npmjs.com/package/@shopify/hydrogen-react',
    'https://cdn.shopify.com/static/sample-images/garnished.jpeg?*',
    'width=200&height=200&crop=center width=400&height=400&crop=center width=100&height=100&crop=center',
  ),
  ...seen(
    'https://www.npmjs.com/package/unpic',
    'https://cdn.shopify.com/static/sample-images/*',
    'bath_grande_crop_center.jpeg bath.jpeg?width=800&height=600&crop=center bath_800x600_crop_center.jpeg',
  ),
  ...seen(
    'https://www.npmjs.com/package/shopify-images',
    'https://cdn.shopify.com/s/files/1/1405/0664/products/*',
    '4791207-9790062099-Pizza1_x320.jpg',
  ),
  ...code('42495515461', 'https://campe-theme.myshopify.com/cdn/shop/products/Product22_2000x.jpg?v=1598946439'),
  ...code('155083456', 'https://digital-world-4.myshopify.com/cdn/shop/products/z4_320x.jpg?v=1491405577'),
  ...code('12547565326', 'https://porto-demo5.myshopify.com/cdn/shop/products/GreyMenSportsCap1_200x200_crop_center.jpg?v=1599495679'),
  ...code(
    '36481733911',
    'https://dt-neytiri.myshopify.com/cdn/shop/products/1.1_8f8c9fef-16c4-4df1-bd4d-c9a15c255eee.jpg?v=1677648450&width=533',
  ),
  ...code('28711755811', 'https://electon-store.myshopify.com/cdn/shop/products/pro18.jpg?crop=center&height=575&v=1606987162&width=515'),
  ...code('37021216456', 'https://medik-demo.myshopify.com/cdn/shop/products/pdt22.jpg?v=1612956279&width=360'),
  ...code(
    '4134253411',
    'https://test-store-jlonghi.myshopify.com/cdn/shop/products/download_76fbf85e-88c5-4f20-8e76-41555a1e5802_compact.jpg?v=1626121748',
  ),
  ...code('4770223709', 'https://cdn.shopify.com/s/files/1/0533/2089/files/placeholder-images-image_medium.png?format=webp&v=1530129081'),
  ...code('11155539029', 'https://cdn.shopify.com/s/files/1/0533/2089/files/placeholder-images-collection-5_large.png?v=1530129199'),
  ...code('25135052464', 'https://cdn.shopify.com/static/sample-images/shoes.jpeg?width=250&height=250'),
]
