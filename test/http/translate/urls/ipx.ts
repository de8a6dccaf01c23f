import { all, type Made, each, withoutPieces } from './made.ts'

const URL = 'https://example.com/_ipx/*/images/photo.jpg'

/** Modifiers of github.com/unjs/ipx. */
export const ipx: Made = {
  mutants: (url) => withoutPieces(url, /_ipx\/([^/]+)\//, ',').filter(({ url: rest }) => !rest.includes('_ipx//')),
  rows: [
    ...each(URL, [
      ['w_200', 'w=200&fit=shrink'],
      ['s_200x100', 'w=200&h=100&fit=aspect-crop&crop=center'],
      ['enlarge,s_200x100', 'w=200&h=100&fit=crop&crop=center'],
      ['enlarge,s_200x100,fit_inside', 'w=200&h=100'],
      ['enlarge,s_200x100,fit_outside', 'w=200&h=100&fit=min'],
      ['s_200x100,fit_fill', 'w=200&h=100&fit=stretch'],
      ['s_200x100,fit_inside', 'w=200&h=100&fit=shrink'],
      ['s_200x100,fit_outside', 'w=200&h=100&fit=shrink-cover'],
      ['s_200x100,pos_top', 'w=200&h=100&fit=aspect-crop&crop=top'],
      ['f_webp,q_60,w_200', 'w=200&fit=shrink&f=webp&q=60&anim=false'],
      ['w_200,rotate_90', 'rotate=90&w=200&fit=shrink'],
      ['w_200,flip', 'flip=true&w=200&fit=shrink'],
      ['w_200,flop', 'flop=true&w=200&fit=shrink'],
      ['w_200,blur_5', 'w=200&fit=shrink&blur=5'],
      ['w_200,grayscale', 'w=200&fit=shrink&grayscale=true'],
      ['w_200,negate', 'w=200&fit=shrink&negate=true'],
      ['w_200,threshold_100', 'w=200&fit=shrink&threshold=100'],
      ['extract_10_20_300_200', 'crop-x=10&crop-y=20&crop-w=300&crop-h=200'],
      ['w_200,modulate_2_0.5_90', 'w=200&fit=shrink&brightness=2&saturation=0.5&hue=90&lightness=0'],
    ]),
    ...all(
      URL,
      `h_100 width_200 height_100 resize_200x200 f_png f_avif f_jpeg format_webp quality_50 median_3 sharpen gamma_2 normalize tint_ff0000 trim_20 f_webp,a_true s_200x200,position_entropy s_200x200,position_left rotate_180 w_300,b_ff0000,rotate_45`,
    ),
  ],
}
