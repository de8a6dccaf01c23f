/**
 * Whole URLs whose pictures somebody has looked at: the name is that of the file in this folder. `node scripts/make-goldens.ts NAME` renders
 * one anew; look at it before it is committed, for the test cannot tell whether it is right.
 */
export const GOLDENS: Readonly<Record<string, string>> = {
  // The URL of every Bytescale README (docs/protocols/bytescale.md §3.1).
  'readme.webp':
    '/samples/lake.jpg?w=900&h=600&fit=crop&f=webp&q=80&blur=4' +
    '&text=WATERMARK&layer-opacity=80&blend=overlay&layer-rotate=315&font-size=100&padding=10&font-weight=900&color=ffffff&repeat=true' +
    '&text=Chicago&gravity=bottom&padding-x=50&padding-bottom=20&font=/example/fonts/Lobster.ttf&color=ffe400',
  'layers.webp':
    '/samples/still-life.jpg?w=480&f=webp&extend-bottom=60&bg=fff8e8&border-radius=24&saturation=1.2' +
    '&image=/samples/lake.jpg&layer-w=120&gravity=top-right&padding=16&layer-rotate=8' +
    '&text=Still%20life&gravity=bottom&padding=14&font=Times&font-size=30&color=503010' +
    '&text=No.%0AIV&gravity=top-left&padding=12&font=Courier&font-weight=700&font-size=18&color=ffffff&blend=screen',
  'smart.webp': '/samples/still-life.jpg?w=200&h=300&fit=crop&crop=smart&f=webp&sharpen=1&tint=377DFF',
}
