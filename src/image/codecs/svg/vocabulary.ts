/** Elements that draw, or are referred to by such. All others are left out, with all in them. */
const ELEMENTS = new Set(
  (
    'svg g a defs symbol use switch style path rect circle ellipse line polyline polygon text tspan textPath image linearGradient radialGradient stop ' +
    'pattern clipPath mask marker filter feBlend feColorMatrix feComponentTransfer feFuncR feFuncG feFuncB feFuncA feComposite feConvolveMatrix ' +
    'feDiffuseLighting feDisplacementMap feDistantLight feDropShadow feFlood feGaussianBlur feImage feMerge feMergeNode feMorphology feOffset ' +
    'fePointLight feSpecularLighting feSpotLight feTile feTurbulence'
  ).split(' '),
)

export const isDrawnElement = (name: string): boolean => ELEMENTS.has(name)

/** Properties that a style may set on an element: SVG 1.1's, and those of SVG 2 that the renderer knows. */
const PROPERTIES = new Set(
  (
    'alignment-baseline baseline-shift clip-path clip-rule color color-interpolation color-interpolation-filters color-rendering direction display ' +
    'dominant-baseline fill fill-opacity fill-rule filter flood-color flood-opacity font-family font-size font-stretch font-style font-variant ' +
    'font-weight image-rendering isolation kerning letter-spacing lighting-color marker-end marker-mid marker-start mask mask-type mix-blend-mode ' +
    'opacity overflow paint-order shape-rendering stop-color stop-opacity stroke stroke-dasharray stroke-dashoffset stroke-linecap ' +
    'stroke-linejoin stroke-miterlimit stroke-opacity stroke-width text-anchor text-decoration text-rendering transform unicode-bidi vector-effect ' +
    'visibility word-spacing writing-mode'
  ).split(' '),
)

export const isProperty = (name: string): boolean => PROPERTIES.has(name)

/** Elements that draw nothing where they stand. */
const REFERRED = new Set('defs symbol style linearGradient radialGradient stop pattern clipPath mask marker filter'.split(' '))

export const isOnlyReferred = (name: string): boolean => REFERRED.has(name)
