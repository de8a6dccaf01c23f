import { all, type Made, each, withoutPieces } from './made.ts'

const URL = 'https://res.cloudinary.com/demo/image/upload/*/sample.jpg'

/** Parameters and values of cloudinary.com/documentation/transformation_reference. */
export const cloudinary: Made = {
  mutants: (url) => {
    const found = withoutPieces(url, /\/(?:upload|fetch)\/(.*)\/(?:sample|https:)/, /[,/]/, ',')
    return url.split('/upload/')[1]?.split('/').length === 2 ? found : []
  },
  rows: [
    ...each(URL, [
      ['w_300', 'w=300'],
      ['c_scale,w_300,h_200', 'w=300&h=200&fit=stretch', ['c_scale']],
      ['c_fit,w_300,h_200', 'w=300&h=200'],
      ['c_limit,w_300,h_200', 'w=300&h=200&fit=shrink'],
      ['c_mfit,w_300,h_200', 'w=300&h=200&fit=enlarge'],
      ['c_fill,w_300,h_200', 'w=300&h=200&fit=crop&crop=center'],
      ['c_fill,g_north_west,w_300,h_200', 'w=300&h=200&fit=crop&crop=top-left'],
      ['c_pad,b_rgb:ff8000,w_300,h_200', 'w=300&h=200&fit=pad&crop=center&bg=ff8000ff'],
      ['c_crop,x_10,y_20,w_300,h_200', 'crop-x=10&crop-y=20&crop-w=300&crop-h=200'],
      ['c_crop,g_north_east,w_300,h_200', null],
      ['c_fill,ar_16:9,w_320', 'w=320&h=180&fit=crop&crop=center'],
      ['a_90,w_300', 'rotate=90&h=300'],
      ['a_hflip,w_300', 'flop=true&w=300'],
      ['f_webp,q_60,w_300', 'w=300&f=webp&q=60'],
      ['f_auto,w_300', 'w=300&f=auto'],
      ['dpr_2,w_300', 'w=600'],
      ['r_20,w_300', 'w=300&border-radius=20'],
      ['r_max,w_300', 'w=300&border-radius=max'],
      ['e_grayscale,w_300', 'w=300&grayscale=true'],
      ['e_negate,w_300', 'w=300&negate=true'],
      ['c_crop,x_10,y_20,w_300,h_200/c_scale,w_100', 'crop-x=10&crop-y=20&crop-w=300&crop-h=200&w=100', undefined],
    ]).map(([url, ours, idle]) => [url, ours, url.includes('/c_scale,w_100') ? ['c_scale'] : idle] as const),
    ...all(
      URL,
      `c_lfill,w_300,h_200 c_lpad,w_300,h_200 c_mpad,w_300,h_200 c_thumb,g_face,w_200,h_200 c_fill,g_auto,w_200,h_200 c_fill,g_face,w_200,h_200 c_fill,g_south,w_200,h_200 w_0.5 a_180 a_vflip a_30 a_-20
      q_auto q_auto:best q_auto:eco q_auto:low q_80,w_100 f_png f_avif f_gif f_jpg e_sepia e_sepia:50 e_blackwhite e_blur e_blur:300 e_sharpen e_sharpen:400 e_pixelate:20 e_brightness:40 e_saturation:-50 e_contrast:30 e_hue:40
      e_trim e_trim:20 fl_attachment fl_progressive,w_300 fl_png8,f_png pg_2 b_white,c_pad,w_300,h_300 d_avatar.png,w_200 bo_4px_solid_red e_cartoonify`,
    ).map((row) => (row[0].includes('q_80,') ? ([row[0], undefined, ['q_80']] as const) : row)),
    [
      'https://res.cloudinary.com/demo/image/upload/c_fill,w_150,h_100/v1571218330/folder/sample.jpg',
      'w=150&h=100&fit=crop&crop=center&version=1571218330',
    ],
    ['https://res.cloudinary.com/demo/image/fetch/w_300/https://upload.example.org/a/photo.jpg', 'w=300'],
  ],
}
