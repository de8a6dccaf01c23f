import { type Seen, seen } from './seen.ts'

export const ipx: readonly Seen[] = seen(
  'https://github.com/unjs/ipx/blob/main/README.md',
  'https://example.com/_ipx*',
  `/_/static/buffalo.png /f_webp/static/buffalo.png /w_200/static/buffalo.png /embed,f_webp,s_200x200/static/buffalo.png /width_200/buffalo.png /height_200/buffalo.png /s_200x200/buffalo.png
  /s_200x200,kernel_nearest/buffalo.png /s_200x200,fit_outside/buffalo.png /s_200x200,pos_top/buffalo.png /trim_100/buffalo.png /r_45,b_00ff00/buffalo.png /format_webp/buffalo.png /quality_50/buffalo.png
  /rotate_45/buffalo.png /enlarge,s_2000x2000/buffalo.png /flip/buffalo.png /flop/buffalo.png /sharpen_30/buffalo.png /median_10/buffalo.png /blur_5/buffalo.png /gamma_3/buffalo.png /negate/buffalo.png
  /normalize/buffalo.png /threshold_10/buffalo.png /tint_1098123/buffalo.png /grayscale/buffalo.png /animated/buffalo.gif`,
)
