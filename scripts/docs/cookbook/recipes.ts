export interface Recipe {
  /** Of its heading; the name of its picture is made of it. */
  readonly title: string
  /** What somebody wants, in a sentence. */
  readonly wish: string
  /** Of `samples/`. */
  readonly sample: 'lake.jpg' | 'still-life.jpg'
  /** The parameters of the image URL, or the name of a preset. */
  readonly query: string | { readonly preset: string }
}

export interface Chapter {
  readonly title: string
  readonly recipes: readonly Recipe[]
}

const lake = (title: string, query: Recipe['query'], wish: string): Recipe => ({ title, wish, sample: 'lake.jpg', query })
const fruit = (title: string, query: Recipe['query'], wish: string): Recipe => ({ title, wish, sample: 'still-life.jpg', query })

/** Thirty wishes on the two samples that `npm start` puts in. */
export const CHAPTERS: readonly Chapter[] = [
  {
    title: 'Sizes',
    recipes: [
      lake('A width', 'w=360&f=webp', 'The whole picture, as wide as its column. The height follows.'),
      lake('A height', 'h=160&f=webp', 'A row of pictures of one height.'),
      fruit('Within a box', 'w=240&h=240&fit=max&f=webp', 'As large as it can be in a box, nothing cut off.'),
      fruit('On a box', 'w=240&h=240&fit=pad&bg=20303a&f=webp', 'Exactly this box, nothing cut off: the rest is a colour.'),
      lake('For a sharp screen', 'w=180&dpr=2&f=webp', 'Twice the pixels in the same place of the page; texts and margins grow along.'),
      lake(
        'By a preset',
        { preset: 'thumbnail' },
        'A short URL for what is asked for everywhere; `presets` of `emulsion.config.ts` say what it means.',
      ),
    ],
  },
  {
    title: 'Crops',
    recipes: [
      lake('A square', 'w=220&h=220&fit=crop&f=webp', 'The middle of the picture, for a grid.'),
      fruit('Where something is', 'w=180&h=260&fit=crop&crop=smart&f=webp', 'A crop that looks for what the picture shows.'),
      lake('The upper edge', 'w=360&h=130&fit=crop&crop=top&f=webp', 'A banner that keeps the sky.'),
      lake('A piece', 'crop-x=600&crop-y=100&crop-w=600&crop-h=400&w=300&f=webp', 'A part, in pixels of the source, then made smaller.'),
      fruit('A round portrait', 'w=180&h=180&fit=crop&border-radius=max&f=webp', 'A circle; its corners are transparent.'),
      lake('Rounded corners', 'w=320&border-radius=24&f=webp', 'A card on a page of any colour.'),
    ],
  },
  {
    title: 'Turned and framed',
    recipes: [
      fruit('A quarter turn', 'rotate=90&w=200&f=webp', 'What EXIF does not say, you say.'),
      lake('A little tilt', 'rotate=-5&bg=f4efe6&w=320&f=webp', 'Laid on the table; the new corners have a colour.'),
      lake('A mirror', 'flop=true&w=300&f=webp', 'Left becomes right. `flip` turns it upside down.'),
      fruit(
        'A white frame',
        'w=260&extend-top=14&extend-left=14&extend-right=14&extend-bottom=54&bg=ffffff&f=webp',
        'A print with room for a note.',
      ),
    ],
  },
  {
    title: 'Looks',
    recipes: [
      lake('Black and white', 'w=300&grayscale=true&f=webp', 'Luma alone.'),
      lake('Sepia', 'w=300&sepia=true&f=webp', 'As from an old album.'),
      lake('One colour', 'w=300&tint=377dff&f=webp', 'The light of the picture in the hue of a brand.'),
      fruit('More colour', 'w=300&brightness=1.08&saturation=1.5&f=webp', 'Brighter, and the colours stronger.'),
      fruit('Lighter shadows', 'w=300&gamma=1.8&f=webp', 'The dark parts open, black and white stay.'),
      lake('Sharper', 'w=300&sharpen=1.2&f=webp', 'A small picture with crisp edges.'),
      lake(
        'A quiet background',
        'w=360&h=150&fit=crop&blur=8&brightness=0.75&f=webp',
        'Blurred and dark, for white text of the page above it.',
      ),
      fruit('Nothing to recognise', 'w=260&pixelate=14&f=webp', 'Squares, before somebody may see it.'),
      lake('A stamp', 'w=260&threshold=130&f=webp', 'Black or white, nothing between.'),
    ],
  },
  {
    title: 'Texts and layers',
    recipes: [
      lake(
        'A name in the corner',
        'w=360&f=webp&text=%C2%A9+Emulsion&color=ffffff&font-size=16&gravity=bottom-right&padding=10&layer-opacity=80',
        'Whose picture it is.',
      ),
      lake(
        'A headline',
        'w=360&h=180&fit=crop&brightness=0.7&f=webp&text=Into+the+open&font=Times&font-weight=700&font-size=38&color=ffffff',
        'A card for social networks, made of a URL.',
      ),
      lake(
        'A draft',
        'w=320&f=webp&text=DRAFT&repeat=true&padding=30&layer-rotate=-30&layer-opacity=40&color=ffffff&font-size=26',
        'Text all over.',
      ),
      lake(
        'A picture on a picture',
        'w=360&f=webp&image=%2Fsamples%2Fstill-life.jpg&layer-w=110&gravity=bottom-left&padding=14',
        'A watermark or an inset: any file of the account.',
      ),
    ],
  },
  {
    title: 'Bytes',
    recipes: [lake('Under a weight', 'w=360&f=webp&max-bytes=6000', 'The best quality that fits into so many bytes.')],
  },
]

export const RECIPES: readonly Recipe[] = CHAPTERS.flatMap(({ recipes }) => recipes)

/** What stands in the file's name: `A width` → `a-width`. */
export const nameOf = ({ title }: Recipe): string => title.toLowerCase().replaceAll(' ', '-')

/** The path and query of the service, as the page has it. */
export const urlOf = ({ sample, query }: Recipe): string =>
  typeof query === 'string' ? `/Emu1s1n/image/samples/${sample}?${query}` : `/Emu1s1n/${query.preset}/samples/${sample}`
