import { type Seen, seen } from './seen.ts'

const YOURS = 'https://ik.imagekit.io/your_imagekit_id/*'
const npm = (name: string, wishes: string): readonly Seen[] => seen(`https://www.npmjs.com/package/${name}`, YOURS, wishes)

export const imagekit: readonly Seen[] = [
  ...npm(
    'imagekitio-react',
    `default-image.jpg?tr=w-iw_div_4,h-ih_div_2,b-cw_mul_0.05_yellow tr:custom-value/default-image.jpg tr:h-200,w-200/default-image.jpg tr:h-200,w-200:q-20,bl-6/default-image.jpg
    tr:h-200,w-200:rt-90/default-image.jpg tr:w-h-300,w-400/default-image.jpg`,
  ),
  ...npm('imagekit-javascript', 'default-image.jpg?tr=h-300%2Cw-400%3Art-90'),
  ...seen(
    'https://www.npmjs.com/package/imagekit-javascript',
    '*',
    'https://ik.imagekit.io/test_url_endpoint/tr:newparam-cool/test_path.jpg',
  ),
  ...npm(
    'imagekit',
    `endpoint/default-image.jpg?tr=f-jpg%2Cpr-true%2Ce-sharpen%2Ce-contrast-1 endpoint/default-image.jpg?tr=h-300%2Cw-400 endpoint/default-image.jpg?tr=h-300%2Cw-400%3Art-90 endpoint/tr:h-300,w-400/default-image.jpg
    tr:h-300,w-400,l-image,i-default-image.jpg,w-100,b-10_CDDC39,l-end/default-image.jpg tr:h-300,w-400,l-text,i-Imagekit,fs-50,l-end/default-image.jpg
    tr:h-300,w-400/default-image.jpg?v=123&ik-t=1567358667&ik-s=f2c7cdacbe7707b71a83d49cf1c6110e3d701054 tr:w-iw_div_4,h-ih_div_2,b-cw_mul_0.05_yellow/default-image.jpg tr:w-400:rotate-91/sample/testing-file.jpg?param1=123`,
  ),
  ...npm('@imagekit/next', 'tr:w-100,h-100/default-image.jpg'),
  ...npm('imagekitio-vue', 'tr:w-400,h-300/default-image.jpg'),
  ...seen(
    'https://imagekit.io/integrations/nodejs/',
    'https://ik.imagekit.io/ikmedia/*',
    'girl_in_white.jpg?tr=w-500,h-400,dpr-2,cm-pad_resize,bg-69C3EF',
  ),
  ...seen(
    'https://imagekit.io/docs/llms-full.txt',
    'https://ik.imagekit.io/ikmedia/docs_images/getting-started/quickstart-guides/*',
    'onboarding-step-1.png?tr=w-1600 onboarding-step-2.png?tr=w-1600',
  ),
]
