type Parameters = readonly (readonly [name: string, value: string])[]

/** These begin a layer (docs/protocols/bytescale.md §3.1): the parameters that follow belong to it. */
const LAYERS: readonly string[] = ['text', 'image']

const split = (parameters: Parameters): readonly [globals: Parameters, layers: Parameters] => {
  const first = parameters.findIndex(([name]) => LAYERS.includes(name))
  return first < 0 ? [parameters, []] : [parameters.slice(0, first), parameters.slice(first)]
}

/**
 * Joins parameters from two places: a preset and the URL's query, or the query and a save's `extendedParams`. When both
 * places set a global parameter, the later place wins. Layers add up: those of the earlier place lie below those of the later place.
 */
export function mergeParameters(earlier: Parameters, later: Parameters): Parameters {
  const [globals, layers] = split(earlier)
  const [laterGlobals, laterLayers] = split(later)
  const names = new Set(laterGlobals.map(([name]) => name))
  return [...globals.filter(([name]) => !names.has(name)), ...laterGlobals, ...layers, ...laterLayers]
}
