type Parameters = readonly (readonly [name: string, value: string])[]

/** "**starts a text layer**", "**starts an image layer**" (docs/protocols/bytescale.md §3.1): what follows belongs to the layer. */
const LAYERS: readonly string[] = ['text', 'image']

const split = (parameters: Parameters): readonly [globals: Parameters, layers: Parameters] => {
  const first = parameters.findIndex(([name]) => LAYERS.includes(name))
  return first < 0 ? [parameters, []] : [parameters.slice(0, first), parameters.slice(first)]
}

/**
 * Joins parameters from two places: a preset and the URL's query, or the query and a save's `extendedParams`. Of a global parameter that
 * both have the later word counts; layers add up, the earlier place's below the later's.
 */
export function mergeParameters(earlier: Parameters, later: Parameters): Parameters {
  const [globals, layers] = split(earlier)
  const [laterGlobals, laterLayers] = split(later)
  const names = new Set(laterGlobals.map(([name]) => name))
  return [...globals.filter(([name]) => !names.has(name)), ...laterGlobals, ...layers, ...laterLayers]
}
