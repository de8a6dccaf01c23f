import { type Seen, seen } from './seen.ts'

const DOCS = 'https://docs.imgix.com'
const BEAR = 'https://assets.imgix.net/unsplash/bear.jpg?*'
const TESTING = 'https://testing.imgix.net/image.jpg?*'

/** A file of the index of public code, which tells no address. */
const code = (id: string, wishes: string): readonly Seen[] => seen(`public code, file ${id}`, '*', wishes)

export const imgix: readonly Seen[] = [
  ...seen(`${DOCS}/apis/url/size/fit`, BEAR, 'fit=clip&w=100&h=100'),
  ...seen(
    `${DOCS}/ja-JP/apis/rendering/size/resize-fit-mode`,
    BEAR,
    'fit=crop&w=300&h=100 fit=crop&w=200&h=200 fit=facearea&w=300&h=200 fit=facearea&faceindex=2&facepad=1.5&w=300&h=300',
  ),
  ...seen(`${DOCS}/apis/url/size/ar`, BEAR, 'ar=9:1&fit=crop w=900&h=100&fit=crop ar=0.85:1&fit=crop'),
  ...seen(`${DOCS}/apis/url/size/max-w`, BEAR, 'fit=crop&h=200&max-w=1200 fit=crop&h=200&max-w=200'),
  ...seen(`${DOCS}/apis/url/size/max-h`, BEAR, 'fit=crop&w=300&max-h=1200 fit=crop&w=300&max-h=300'),
  ...seen(
    `${DOCS}/references/imgix-overview`,
    BEAR,
    'w=500&auto=format,compress mask=https%3A%2F%2Fassets.imgix.net%2Fexamples%2Fmask-shape_sol-surf-co.png&ar=1.06%3A1&w=600&fit=crop',
  ),
  ...seen(`${DOCS}/llms.txt`, '*', 'https://your-subdomain.imgix.net/image.jpg?w=400&h=300&fit=crop&auto=format'),
  ...seen(`${DOCS}/setup/serving-images`, 'https://your-source-name.imgix.net/products/desk.jpg?*', 'w=600&exp=1'),
  ...seen(`${DOCS}/apis/rendering/adjustment/hue-set`, BEAR, 'hue-set=200 hue-set=0'),
  ...seen(
    `${DOCS}/apis/rendering/fill/fill-max`,
    'https://assets.imgix.net/unsplash/bear.jpg?fit=fillmax&fill-max=source&*',
    'w=400&h=400 w=400&h=150 w=400 w=800&h=800',
  ),
  ...seen(
    'https://www.npmjs.com/package/@imgix/js-core',
    TESTING,
    `h=800&ar=3%3A2&fit=crop&dpr=1&s=3d754a157458402fd3e26977107ade74 h=800&ar=3%3A2&fit=crop&dpr=2&s=a984ad1a81d24d9dd7d18195d5262c82 h=800&ar=3%3A2&fit=crop&dpr=3&s=8b93ab83d3f1ede4887e6826112d60d1
    h=800&ar=3%3A2&fit=crop&dpr=4&s=df7b67aa0439588edbfc1c249b3965d6 h=800&ar=3%3A2&fit=crop&dpr=5&s=7c4b8adb733db37d00240da4ca65d410 w=100 w=100&dpr=1&q=45 w=100&dpr=1&q=75 w=100&dpr=2&q=30 w=100&dpr=2&q=50
    w=100&dpr=3&q=20 w=100&dpr=3&q=35 w=100&dpr=4&q=15 w=100&dpr=4&q=23 w=100&dpr=5&q=10 w=100&dpr=5&q=20 w=100&s=e2e581a39c917bdee50b2f8689c30893 w=1000 w=1050 w=116&s=836e0bc15da2ad74af8130d93a0ebda6 w=1218
    w=134&s=688416d933381acda1f57068709aab79 w=140 w=1414 w=1640 w=1800 w=1902 w=196 w=2000 w=500 w=580 w=672 w=7400&s=91779d82a0e1ac16db04c522fa4017e5 w=780 w=8192 w=8192&s=59eb881b618fed314fe30cf9e3ec7b00 w=906`,
  ),
  ...seen(
    'https://www.npmjs.com/package/@imgix/js-core',
    '*',
    'https://testing.imgix.net/folder/image.jpg?w=1000&ixlib=js- https://testing.imgix.net/users/1.png?w=400&h=300 https://sdk-test.imgix.net/amsterdam.jpg?h=100&w=100',
  ),
  ...seen(
    'https://www.npmjs.com/package/react-imgix',
    '*',
    `http://yourdomain.imgix.net/image.png?auto=format&w=450&h=100&ixlib=react-x.x.x https://assets.imgix.net/Office%20Background%201.png?auto=format
    https://assets.imgix.net/examples/pione.jpg?auto=format&ar=16%3A9&fit=crop https://assets.imgix.net/examples/pione.jpg?auto=format&ar=4%3A2&fit=crop
    https://assets.imgix.net/examples/pione.jpg?auto=format&crop=faces&ixlib=react-7.2.0 https://assets.imgix.net/examples/pione.jpg?auto=format&crop=faces&ixlib=react-7.2.0&w=100
    https://assets.imgix.net/examples/pione.jpg?h=500 https://domain.imgix.net/image.jpg?q=20&w=100&dpr=5 https://domain.imgix.net/image.jpg?q=23&w=100&dpr=4 https://domain.imgix.net/image.jpg?q=35&w=100&dpr=3
    https://domain.imgix.net/image.jpg?q=50&w=100&dpr=2 https://domain.imgix.net/image.jpg?q=75&w=100&dpr=1 https://assets.imgix.net/examples/pione.jpg?auto=format&crop=faces&ixlib=react-7.2.0&w=200
    https://sdk-test.imgix.net/%D8%B3%D8%A7%D9%86%D8%AF%D9%88%DB%8C%DA%86.jpg?auto=format&ar=16%3A9&fit=crop https://sdk-test.imgix.net/%D8%B3%D8%A7%D9%86%D8%AF%D9%88%DB%8C%DA%86.jpg?ar=16%3A9&fit=crop`,
  ),
  ...seen(
    'https://www.npmjs.com/package/imgix.js',
    'https://assets.imgix.net/unsplash/hotairballoon.jpg?*',
    'w=100&h=167&fit=crop&crop=right w=200&h=333&fit=crop&crop=right w=2560&h=4267&fit=crop&crop=right w=300&h=500&fit=crop&crop=right',
  ),
  ...seen(
    'https://kontent.ai/learn/develop/optimize/optimize-images/display-customized-images/javascript',
    BEAR,
    'w=1600&h=1200&fit=clip&rect=1539,0,1600,1200',
  ),
  ...code('36063836965', 'https://example.imgix.net/image.jpg?auto=format&q=80&w=800'),
  ...code('55240196716', 'https://example.imgix.net/image.jpg?w=640&q=85&auto=format'),
  ...code('63152165032', 'https://demo.imgix.net/image.jpg?w=800&q=80'),
  ...code('25153775598', 'https://assets.imgix.net/image.jpg?w=800&auto=format,compress'),
  ...code('2126706168', 'https://domain.imgix.net/image.jpg?w=800&auto=format,compress&fit=crop'),
  ...code('34496288874', 'https://example.imgix.net/image.jpg?w=100&h=100&fit=crop'),
]
