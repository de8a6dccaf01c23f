// The coefficient store of progressive files. For each block of a component, in the order that a scan visits them, one record: a u64 with a bit
// for each coefficient (in zigzag order) that is not zero, then the i16 values of those coefficients that the scale needs. A scan reads
// the component's old records and writes new ones, so memory follows the information in the file, not its pixels. The store holds some rows of
// the picture at a time. Records lie in a chain of chunks; a chunk that has been read is free again. DC coefficients are elsewhere, in plain arrays.

/** A chunk: u32 address of the next one (0 behind the last), then records from FIRST on. */
export const CHUNK_BYTES: usize = 32768
const FIRST: usize = 8
/** The longest record. */
const RECORD_BYTES: usize = 8 + 63 * 2
/** A chunk has no room for another record from here on; writer and reader go on alike. Copies may store 16 bytes past a record. */
const LAST_RECORD: usize = CHUNK_BYTES - RECORD_BYTES - 16

/** u32: the free chunks. */
const FREE: usize = memory.data(16, 16)
const FREE_COUNT: usize = FREE + 4

/** Of each component: u32 first chunk, u32 chunk being read, u32 next record to read, all 0 without records. */
const STORES: usize = memory.data(4 * 16, 16)
const READ_CHUNK: usize = 4
const READ: usize = 8

/** The chain being written: first and current chunk. */
const WRITE_FIRST: usize = memory.data(16, 16)
const WRITE_CHUNK: usize = WRITE_FIRST + 4

/** Forgets all records and chunks: the driver has a fresh arena. */
export function jpegResetStore(): void {
  memory.fill(FREE, 0, 16)
  memory.fill(STORES, 0, 64)
}

/** Adds `count` chunks that lie one after the other from `chunk` on. */
export function jpegAddChunks(chunk: usize, count: i32): void {
  for (let i = 0; i < count; i++, chunk += CHUNK_BYTES) freeChunk(chunk)
}

/** Free chunks that a row of `blocks` blocks may need beyond those at hand. */
export function jpegChunksWanted(blocks: i32): i32 {
  const perChunk = <i32>((LAST_RECORD - FIRST) / RECORD_BYTES)
  return max(0, blocks / perChunk + 2 - load<i32>(FREE_COUNT))
}

export function jpegChunkBytes(): usize {
  return CHUNK_BYTES
}

function freeChunk(chunk: usize): void {
  store<usize>(chunk, load<usize>(FREE))
  store<usize>(FREE, chunk)
  store<i32>(FREE_COUNT, load<i32>(FREE_COUNT) + 1)
}

function takeChunk(): usize {
  const chunk = load<usize>(FREE)
  store<usize>(FREE, load<usize>(chunk))
  store<i32>(FREE_COUNT, load<i32>(FREE_COUNT) - 1)
  store<usize>(chunk, 0)
  return chunk
}

/** Starts at the component's first record. */
export function jpegBeginRead(component: i32): void {
  const records = STORES + <usize>(component << 4)
  const first = load<usize>(records)
  store<usize>(records, first, READ_CHUNK)
  store<usize>(records, first == 0 ? 0 : first + FIRST, READ)
}

/** Starts to replace the component's records. The driver has made sure that a chunk is free. */
export function jpegBeginRewrite(component: i32): void {
  jpegBeginRead(component)
  const chunk = takeChunk()
  store<usize>(WRITE_FIRST, chunk)
  store<usize>(WRITE_CHUNK, chunk)
  store<usize>(WRITE, chunk + FIRST)
}

/** Ends it: old records that have not been read are dropped. */
export function jpegEndRewrite(component: i32): void {
  const records = STORES + <usize>(component << 4)
  freeUnread(records)
  store<usize>(records, load<usize>(WRITE_FIRST))
}

/** Forgets the component's records, of which a reading has been begun. */
export function jpegDropRecords(component: i32): void {
  const records = STORES + <usize>(component << 4)
  freeUnread(records)
  memory.fill(records, 0, 16)
}

/** Frees the chunk being read and those behind it. */
function freeUnread(records: usize): void {
  let chunk = load<usize>(records, READ_CHUNK)
  while (chunk != 0) {
    const next = load<usize>(chunk)
    freeChunk(chunk)
    chunk = next
  }
}

/** usize: where the next record is written. */
const WRITE: usize = WRITE_FIRST + 8

/** Address for the next record. */
@inline
export function writePosition(): usize {
  const at = load<usize>(WRITE)
  return at > load<usize>(WRITE_CHUNK) + LAST_RECORD ? nextWriteChunk() : at
}

function nextWriteChunk(): usize {
  const chunk = takeChunk()
  store<usize>(load<usize>(WRITE_CHUNK), chunk)
  store<usize>(WRITE_CHUNK, chunk)
  return chunk + FIRST
}

/** The record written ends at `end`. */
@inline
export function written(end: usize): void {
  store<usize>(WRITE, end)
}

/** Address of the component's next record, 0 when it has none. The chunk before it is freed. */
@inline
export function readPosition(component: i32): usize {
  const records = STORES + <usize>(component << 4)
  const at = load<usize>(records, READ)
  return at > load<usize>(records, READ_CHUNK) + LAST_RECORD ? nextReadChunk(records) : at
}

function nextReadChunk(records: usize): usize {
  const chunk = load<usize>(records, READ_CHUNK)
  const next = load<usize>(chunk)
  freeChunk(chunk)
  store<usize>(records, next, READ_CHUNK)
  store<usize>(records, next + FIRST, READ)
  return next + FIRST
}

/** The record read ends at `end`. */
@inline
export function consumed(component: i32, end: usize): void {
  store<usize>(STORES + <usize>(component << 4), end, READ)
}
