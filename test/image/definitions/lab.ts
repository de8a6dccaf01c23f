import { chromaFactor, type Lab, type LabChange, labSpace } from '../../../src/image/definitions/lab.ts'
import { createRaster, type Raster } from '../../../src/image/raster.ts'

/** Changes the colour of every pixel in L*a*b*; alpha stays. The definition of the engine's `changeLab`. */
export function changeLab({ width, height, data }: Raster, change: LabChange): Raster {
  const output = createRaster({ width, height })
  const { toLab, fromLab } = labSpace()
  const [cosine, sine] = chromaFactor(change)
  const lab: Lab = { l: 0, a: 0, b: 0 }
  for (let i = 0; i < data.length; i += 4) {
    toLab(data[i] as number, data[i + 1] as number, data[i + 2] as number, lab) // i stays below the length
    const { l, a, b } = lab
    fromLab({ l: l * change.brightness + change.lightness, a: a * cosine - b * sine, b: a * sine + b * cosine }, output.data, i)
    output.data[i + 3] = data[i + 3] as number
  }
  return output
}
