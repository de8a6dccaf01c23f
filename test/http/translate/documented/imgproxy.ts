import { type Seen, seen } from './seen.ts'

const TEST = 'https://github.com/imgproxy/imgproxy/blob/master/options/processing_options_test.go'
const DOCS = 'https://github.com/imgproxy/imgproxy-docs/blob/master/docs/usage/processing.mdx'
const PLAIN = 'https://imgproxy.example.com/unsafe/*/plain/http://images.dev/lorem/ipsum.jpg'

export const imgproxy: readonly Seen[] = [
  ...seen(
    TEST,
    PLAIN,
    `size:100:100 format:webp resize:fill:100:200:1 resizing_type:fill size:100:200:1 width:100 height:100 enlarge:1 extend:1:so:10:20 gravity:soea gravity:fp:0.5:0.75 crop:100:200 crop:100:200:nowe:10:20
    quality:55 background:128:129:130 background:ffddee background:fff/background: blur:0.2 sharpen:0.2 dpr:2 watermark:0.5:soea:10:20:0.6 preset:test1:test2 quality:70 preset:test1 cachebuster:123 strip_metadata:true
    skp:jpg:png exp:32503669200 w:100/h:200 w:100/h:200/blur:10 w:100/h:200/pr:test1`,
  ),
  ...seen(
    TEST,
    'https://imgproxy.example.com/unsafe*',
    `/size:100:100/aHR0cDovL2ltYWdlcy5kZXYvbG9yZW0vaXBzdW0uanBnP3BhcmFtPXZhbHVl.png /size:100:100/plain/http://images.dev/lorem/ipsum.jpg@png /plain/http://images.dev/lorem/ipsum.jpg@png
    /width:150/plain/http://images.dev/lorem/ipsum.jpg@png /plain/http://images.dev/lorem/ipsum.jpg`,
  ),
  ...seen(DOCS, PLAIN, 'gravity:sm gravity:objw:all:2:face:3 crop:100:200:nowe:300:400/crop_ar:1.1 padding:10'),
]
