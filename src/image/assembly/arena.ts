/** First byte that the driver may use: everything below it is static data of the core. */
export function heapBase(): usize {
  return __heap_base
}
