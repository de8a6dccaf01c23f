import { all, type Made, each, withoutPieces } from './made.ts'

const URL = 'https://ucarecdn.com/5e39e315-c06c-4d81-9b4a-35fca661621c/-/*/'

/** Operations of uploadcare.com/docs/transformations/image. */
export const uploadcare: Made = {
  mutants: (url) => withoutPieces(url, /\/-\/(.*)\/$/, '/-/').filter(({ url: rest }) => !rest.endsWith('/-//')),
  rows: [
    ...each(URL, [
      ['preview/300x200', 'w=300&h=200&fit=shrink'],
      ['preview', 'w=2048&h=2048&fit=shrink'],
      ['resize/300x200', 'w=300&h=200&fit=stretch'],
      ['resize/300x', 'w=300'],
      ['scale_crop/300x200/center', 'w=300&h=200&fit=crop&crop=center'],
      ['scale_crop/300x200/50p,0p', 'w=300&h=200&fit=crop&crop=top'],
      ['crop/300x200/10,20', 'crop-x=10&crop-y=20&crop-w=300&crop-h=200'],
      ['crop/300x200/10,20/-/resize/150x', 'crop-x=10&crop-y=20&crop-w=300&crop-h=200&w=150'],
      ['preview/300x200/-/rotate/90', null],
      ['rotate/90/-/preview/300x200', 'rotate=-90&w=300&h=200&fit=shrink'],
      ['preview/300x200/-/grayscale', 'w=300&h=200&fit=shrink&grayscale=true'],
      ['preview/300x200/-/invert', 'w=300&h=200&fit=shrink&negate=true'],
      ['preview/300x200/-/format/webp', 'w=300&h=200&fit=shrink&f=webp'],
      ['preview/300x200/-/format/auto', 'w=300&h=200&fit=shrink&f=auto'],
      ['flip/-/preview/300x200', 'flip=true&w=300&h=200&fit=shrink'],
      ['mirror/-/preview/300x200', 'flop=true&w=300&h=200&fit=shrink'],
    ]),
    ...all(
      URL,
      `scale_crop/300x200/smart crop/300x200/center crop/50px50p/center preview/300x300/-/blur/20 preview/300x300/-/blur preview/300x300/-/sharp/10 preview/300x300/-/enhance/50 preview/300x300/-/brightness/50 preview/300x300/-/contrast/50
      preview/300x300/-/saturation/-100 preview/300x300/-/quality/best preview/300x300/-/quality/lighter preview/300x300/-/quality/smart preview/300x300/-/progressive/yes preview/300x300/-/strip_meta/none preview/300x300/-/setfill/ece3d2
      preview/300x300/-/border_radius/20 preview/300x300/-/format/jpeg preview/300x300/-/format/png preview/300x300/-/inline/no`,
    ),
  ],
}
