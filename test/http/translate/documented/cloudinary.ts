import { type Seen, seen } from './seen.ts'

const SPEC = 'https://github.com/cloudinary/cloudinary_npm/blob/master/test/unit/cloudinary_spec.js'
const TEST = 'http://res.cloudinary.com/test123/image/upload/*/test'
const DEMO = 'https://res.cloudinary.com/demo/image/upload/*'
/** A file of the index of public code, which tells no address. */
const code = (id: string, wishes: string): readonly Seen[] => seen(`public code, file ${id}`, DEMO, wishes)

export const cloudinary: readonly Seen[] = [
  ...seen(
    SPEC,
    TEST,
    `h_100,w_100 c_crop,h_100,w_100 c_limit,h_100,w_100 c_fit,h_100,w_100 a_auto,c_scale,h_100,w_100 g_center,o_20,p_a,q_0.4,r_3,x_1,y_2 c_crop,g_ocr_text,w_0.5 c_crop,g_auto:ocr_text,w_0.5
    g_center,p_a,q_80,r_3,x_1,y_2 g_center,p_a,q_80:444,r_3,x_1,y_2 g_center,p_a,q_auto,r_3,x_1,y_2 g_center,p_a,q_auto:good,r_3,x_1,y_2 r_10 $v_10,r_$v r_10:20:30 $v_10,r_10:20:$v r_10:20 t_blip t_blip.blop
    c_fill,x_100,y_100/c_crop,w_100 c_fill,w_200,x_100,y_100/r_10/c_crop,w_100 c_fill,x_100,y_100 c_crop,h_10,w_10 b_red b_rgb:112233 d_default a_12 e_sepia e_sepia:10 l_text:hello u_text:hello h_100,l_text:hello,w_100`,
  ),
  ...seen(SPEC, '*', 'http://res.cloudinary.com/test123/image/fetch/f_jpg/http://cloudinary.com/images/logo.png'),
  ...seen('https://www.npmjs.com/package/cloudinary-core', '*', 'http://res.cloudinary.com/demo/image/upload/c_fit,w_300/sample'),
  ...seen(
    'https://www.npmjs.com/package/@cloudinary/transformation-builder-sdk',
    '*',
    'https://res.cloudinary.com/demo/image/upload/c_scale,w_100,h_100/sample',
  ),
  ...seen(
    'https://git.21051.cn/itallstartedwithaidea/creative-asset-validator/wiki/Transformation-Reference',
    DEMO,
    'w_300,h_250,c_fill,g_auto,f_auto,q_auto/my-campaign/hero',
  ),
  ...code('31667527932', 'c_fill,h_600,w_800/v1/samples/landscapes/nature-mountains.jpg'),
  ...code('24466698492', 'c_scale,w_300/sample'),
  ...code('43464508557', 'c_scale,h_100,w_100/e_sepia/e_blur/e_pixelate,f_auto,q_1/face_top'),
  ...code('47109205707', 'c_crop,h_200,w_300,x_355,y_410/brown_sheep.jpg'),
  ...code('66633928917', 'c_fill,w_1200,h_630,f_jpg,q_auto/sample.jpg'),
  ...code('4446539547', 'c_crop,g_face,h_80,w_80/face_top.jpg'),
  ...code('30298636257', 'c_scale,w_100/d_docs:placeholders:samples:avatar.png/non_existing_id.png'),
  ...code('70857162312', 'c_limit,w_400,h_160,q_auto,f_auto/content/sponsors/logo'),
  ...code('57174023877', 'c_lfill,w_200,h_100/dog.jpg'),
  ...code('8898837970', 'w_150,h_150,c_thumb,g_face,r_max/sample.jpg'),
  ...code('41089342945', 'w_400,h_400,c_crop,g_face,r_max/w_200/lady.jpg'),
  ...code('17438458495', 'w_800,q_auto,f_auto/v1234/sample.jpg'),
  ...code('59847793105', 'w_1200,h_630,c_fill,g_auto/sample.jpg'),
  ...code('70869718210', 'w_1200,q_auto/sample.jpg c_fill,w_1200,h_900,q_auto/sample.jpg'),
  ...code('52050058690', 'w_800,h_800,c_fill/e_gradient_fade:symmetric_pad,x_0.5,b_rgb:8b5cf6/e_colorize:60,co_rgb:6366f1/sample.jpg'),
  ...code('55240196716', 'c_scale,w_640,q_auto,f_auto/image.jpg'),
  ...code('63152165032', 'w_800,q_80/image.jpg'),
  ...code('34496288874', 'w_100,h_100,c_fill/image.jpg'),
  ...code('55364623645', 'w_400,h_300,c_fill/sample.jpg'),
  ...code('34073853295', 'w_300,h_200,c_fill/wing_chun_course.jpg'),
  ...code('26948415550', 'w_150,h_150,c_thumb/default_avatar.png'),
  ...code('356071900', 'w_300/horses.jpg'),
  ...code('25153775598', 'w_800,q_auto,f_auto/sample.jpg'),
]
