import { all, type Made, each, withoutQuery } from './made.ts'

const URL = 'https://assets.imgix.net/unsplash/bear.jpg?*'

/** Parameters and values of docs.imgix.com/apis/rendering. */
export const imgix: Made = {
  mutants: withoutQuery,
  rows: [
    ...each(URL, [
      ['w=640&h=480', 'w=640&h=480&q=75'],
      ['w=640&h=480&fit=clip', 'w=640&h=480&q=75', ['fit=clip']],
      ['w=640&h=480&fit=max', 'w=640&h=480&fit=shrink&q=75'],
      ['w=640&h=480&fit=scale', 'w=640&h=480&fit=stretch&q=75'],
      ['w=640&h=480&fit=fill&fill=solid&bg=00ff00', 'w=640&h=480&fit=pad&crop=center&bg=00ff00ff&q=75', ['fill=solid']],
      ['w=640&h=480&fit=crop&crop=top,left', 'w=640&h=480&fit=crop&crop=top-left&q=75'],
      ['w=100&h=50&rot=90&fit=crop&crop=left', 'rotate=90&w=50&h=100&fit=crop&crop=top&q=75'],
      ['w=400&dpr=2', 'w=800&q=75'],
      ['w=400&ar=16:9&fit=crop', 'w=400&h=225&fit=crop&crop=center&q=75'],
      ['w=400&fm=webp&q=60', 'w=400&f=webp&q=60'],
      ['w=400&auto=format', 'w=400&f=auto&q=75'],
      ['rect=10,20,300,200', 'crop-x=10&crop-y=20&crop-w=300&crop-h=200&q=75'],
      ['w=0.5', null],
      ['px=10', 'pixelate=10&q=75'],
      ['w=300&flip=h', 'flop=true&w=300&q=75'],
      ['w=300&q=75', 'w=300&q=75', ['q=75']],
      ['w=300&ixlib=js-3.8', 'w=300&q=75', ['ixlib=js-3.8']],
    ]),
    ...all(
      URL,
      `fit=min&w=300&h=300 fit=fillmax&w=300&h=300 fit=clamp&w=300&h=300 fit=facearea&w=300&h=300 fit=crop&w=300&h=300&crop=faces fit=crop&w=300&h=300&crop=entropy fit=crop&w=300&h=300&crop=edges
      fit=crop&w=300&h=300&crop=bottom fit=crop&w=300&h=300&crop=right blur=50 blur=2000 sharp=20 bri=25 bri=-25 con=30 sat=-100 sat=50 hue=120 sepia=80 invert=true monochrome=ff0000 rot=180 orient=90 flip=v flip=hv
      trim=auto trim=color fm=jpg fm=png fm=avif fm=gif fm=png8 fm=pjpg lossless=true&fm=webp auto=compress auto=format,compress mask=ellipse mask=corners&corner-radius=20 mask=corners&corner-radius=20,30,20,30
      page=2 dl=bear.jpg pad=20&bg=fff cs=origin exp=10&w=300`,
    ),
  ],
}
