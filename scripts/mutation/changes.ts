/** A small wrong change of the code, of the kind that a tired hand makes, and the tests that must notice it. */
export interface Change {
  readonly file: string
  /** In words. */
  readonly slip: string
  /** Texts to replace, each of which stands in the file once. */
  readonly edits: readonly (readonly [find: string, replace: string])[]
  /** Test files by vitest project. */
  readonly tests: Readonly<Partial<Record<'unit' | 'worker', readonly string[]>>>
  /** Whether it protects people: tests must notice nine in ten of these. */
  readonly security: boolean
  /** Whether the WASM core must be built again. */
  readonly rebuild?: boolean
}

const BYTESCALE = 'src/http/dialects/bytescale'
const FILESTACK = 'src/http/dialects/filestack'

/** Changes that let somebody read, write or spend what he may not. */
const SECURITY: readonly Omit<Change, 'security'>[] = [
  {
    file: 'src/service/mounts/mounted-files.ts',
    slip: 'a mounted folder takes uploads in parts',
    edits: [
      ['candidate.account === account && isWithin(candidate.folder, path)', 'candidate.account === account && candidate.folder === path'],
    ],
    tests: { unit: ['test/service/mounts/mounted-files.test.ts'] },
  },
  {
    file: 'src/service/mounts/mounted-files.ts',
    slip: 'a mounted folder is that of every account',
    edits: [['mount.account === account && path.startsWith', 'path.startsWith']],
    tests: { unit: ['test/service/mounts/mounted-files.test.ts'] },
  },
  {
    file: 'src/adapters/mounts/web-origin.ts',
    slip: 'a redirect of a mounted web server is not checked',
    edits: [['url = check(new URL(location, url).href)', 'url = new URL(location, url)']],
    tests: { unit: ['test/adapters/web-origin.test.ts'] },
  },
  {
    file: 'src/image/metadata/exif.ts',
    slip: 'the place stays in EXIF when rights alone are kept',
    edits: [["gps: wish === 'keep' ? read.gps : []", 'gps: read.gps']],
    tests: { unit: ['test/image/metadata/of-results.test.ts', 'test/image/carry.test.ts'] },
  },
  {
    file: 'src/http/dialects/batch/routes.ts',
    slip: 'any batch secret reads, cancels and replays any process',
    edits: [['if (!isOwn(record, own)) throw', 'if (own.length === 0) throw']],
    tests: { unit: ['test/http/dialects/batch/owner.test.ts'] },
  },
  {
    file: 'src/http/dialects/batch/routes.ts',
    slip: "a retry takes another service's process",
    edits: [['if (!found || !isOwn(found, [service]))', 'if (!found)']],
    tests: { unit: ['test/http/dialects/batch/owner.test.ts'] },
  },
  {
    file: 'src/service/files/recent-files.ts',
    slip: 'accounts share what is remembered of a path',
    edits: [
      ['const key = account + path', 'const key = path'],
      ['known.get(account + path)', 'known.get(path)'],
    ],
    tests: { worker: ['test/worker/accounts.test.ts'] },
  },
  {
    file: 'src/service/render/render.ts',
    slip: 'accounts share entries of the edge',
    edits: [['deps.hash([account, path, cache.version, key]', 'deps.hash([path, cache.version, key]']],
    tests: { unit: ['test/service/render/render.test.ts'] },
  },
  {
    file: `${BYTESCALE}/uploads/part-url.ts`,
    slip: 'public keys sign the addresses of parts',
    edits: [["key.account === account && key.kind === 'secret'", 'key.account === account']],
    tests: { worker: ['test/worker/upload-rights.test.ts'] },
  },
  {
    file: `${BYTESCALE}/uploads/part-url.ts`,
    slip: 'the address of a part never expires',
    edits: [['if (Number(expires) <= clock.now())', 'if (expires === undefined)']],
    tests: { worker: ['test/worker/upload-rights.test.ts'] },
  },
  {
    file: 'src/http/credentials.ts',
    slip: 'a token of a removed key is accepted',
    edits: [["claims.apiKeyId !== undefined && key?.kind !== 'public'", "key?.kind === 'secret'"]],
    tests: { worker: ['test/worker/accounts.test.ts'] },
  },
  {
    file: 'src/http/credentials.ts',
    slip: 'a token of another key is accepted',
    edits: [['apiKeyId !== undefined && apiKeyId !== key.keyId', 'apiKeyId === null']],
    tests: { worker: ['test/worker/accounts.test.ts'] },
  },
  {
    file: `${BYTESCALE}/api/files.ts`,
    slip: 'the right to overwrite is asked of the source of a copy',
    edits: [["permits(caller, 'overwriteFile', destination)", "permits(caller, 'overwriteFile', source)"]],
    tests: { worker: ['test/worker/folder-keys.test.ts'] },
  },
  {
    file: `${BYTESCALE}/api/files.ts`,
    slip: 'a copy needs the details of its source and not the bytes',
    edits: [['  demandBytes(caller, snapshot, source)\n', '']],
    tests: { worker: ['test/worker/folder-keys.test.ts'] },
  },
  {
    file: 'src/service/access/access.ts',
    slip: 'exceptions that deny are ignored for recursive actions',
    edits: [['return !isExcepted && samplesBelow', 'return samplesBelow']],
    tests: { worker: ['test/worker/folder-keys.test.ts'] },
  },
  {
    file: 'src/service/access/reset-pattern.ts',
    slip: 'a pattern of a longer name counts as within the folder',
    edits: [['path.text.startsWith(`${folder}/`)', 'path.text.startsWith(folder)']],
    tests: { unit: ['test/service/access/reset-pattern.test.ts'] },
  },
  {
    file: 'src/service/access/reset-pattern.ts',
    slip: 'a whole processing * purges every path',
    edits: [
      [
        "!processing.isPrefix && processing.text === 'raw' ? null : path",
        "processing.isPrefix ? ANY : processing.text === 'raw' ? null : path",
      ],
    ],
    tests: { unit: ['test/service/access/reset-pattern.test.ts'] },
  },
  {
    file: `${BYTESCALE}/api/jobs.ts`,
    slip: 'a key of one folder reads and cancels the jobs of others',
    edits: [[' || !isWithin(caller.folder, folder)', '']],
    tests: { worker: ['test/worker/folder-keys.test.ts'] },
  },
  {
    file: `${BYTESCALE}/api/jobs.ts`,
    slip: 'a key of one folder lists the jobs of others',
    edits: [['    folder: caller.folder,\n', '']],
    tests: { worker: ['test/worker/folder-keys.test.ts'] },
  },
  {
    file: `${BYTESCALE}/api/folder-jobs.ts`,
    slip: 'a folder job that deletes nothing takes no right',
    edits: [['if (options.deleteFiles || !options.deleteVirtualFolders)', 'if (options.deleteFiles)']],
    tests: { worker: ['test/worker/folder-keys.test.ts'] },
  },
  {
    file: 'src/service/jobs/folders.ts',
    slip: 'a copied folder brings settings that its sender may not set',
    edits: [['job.settings.includes(name) ? folder : there', 'job.settings.includes(name) || there === null ? folder : folder']],
    tests: { worker: ['test/worker/folder-keys.test.ts'] },
  },
  {
    file: `${BYTESCALE}/cdn/secure-url.ts`,
    slip: "another account's key signs URLs",
    edits: [['keys.filter((key) => key.account === account)', "keys.filter((key) => key.account !== '' || account === '')"]],
    tests: { worker: ['test/worker/accounts.test.ts'] },
  },
  {
    file: `${BYTESCALE}/api/folder-jobs.ts`,
    slip: 'copies of folders get any tags',
    edits: [['demandTags(caller, tags?.value ?? [])', 'demandTags(caller, tags === undefined ? [] : [])']],
    tests: { worker: ['test/worker/folder-keys.test.ts'] },
  },
  {
    file: `${BYTESCALE}/api/files.ts`,
    slip: 'copies of files get any tags',
    edits: [['demandTags(caller, tags?.value ?? [])', 'demandTags(caller, tags === undefined ? [] : [])']],
    tests: { worker: ['test/worker/folder-keys.test.ts'] },
  },
  {
    file: `${BYTESCALE}/api/folder-jobs.ts`,
    slip: 'a folder is copied into itself for ever',
    edits: [['if (isWithin(source, destination))', "if (source === '' && isWithin(source, destination))"]],
    tests: { worker: ['test/worker/folder-keys.test.ts'] },
  },
  {
    file: 'src/durable/process-index.ts',
    slip: 'the jobs of a folder whose name begins alike are listed',
    edits: [["length(?8) + 1) = ?8 || '/'", 'length(?8)) = ?8']],
    tests: { worker: ['test/worker/contracts.test.ts'] },
  },
  {
    file: 'src/service/triggers/triggers.ts',
    slip: 'rules concern the files of other accounts',
    edits: [['rule.account === account && rule.matchesPath(path)', "account !== '' && rule.matchesPath(path)"]],
    tests: { unit: ['test/service/triggers/sweep.test.ts'] },
  },
  {
    file: `${BYTESCALE}/cdn/secure-url.ts`,
    slip: 'an encrypted URL that names no file opens any',
    edits: [['hidden[0] === undefined && !isBound', 'hidden.length > 1']],
    tests: { worker: ['test/worker/bytescale-access.test.ts'] },
  },
  {
    file: `${BYTESCALE}/cdn/url-spellings.ts`,
    slip: 'a signature holds for a spelling that means another URL',
    edits: [
      ['const paths = [pathname,', "const paths = [pathname.replace('/deep', ''), pathname,"],
      ['.filter((text) => means(text, url))', ''],
    ],
    tests: { worker: ['test/worker/bytescale-access.test.ts'] },
  },
  {
    file: `${BYTESCALE}/cdn/target.ts`,
    slip: 'credentials across sites although the token names no site',
    edits: [['allowedOrigins?.includes(origin) === true', 'allowedOrigins?.includes(origin) !== false']],
    tests: { worker: ['test/worker/accounts.test.ts'] },
  },
  {
    file: 'src/adapters/r2-file-store.ts',
    slip: 'two senders that may not overwrite overwrite each other',
    edits: [["...(ifAbsent && { onlyIf: { etagDoesNotMatch: '*' } })", '...(ifAbsent && {})']],
    tests: { worker: ['test/worker/upload-rights.test.ts'] },
  },
  {
    file: 'src/durable/account.ts',
    slip: 'all keys share one quota of unfinished uploads',
    edits: [['FROM pending_upload WHERE key_id = ?1', "FROM pending_upload WHERE ?1 <> ''"]],
    tests: { worker: ['test/worker/upload-rights.test.ts'] },
  },
  {
    file: 'src/durable/account.ts',
    slip: 'one client address may take the whole quota of a public key',
    edits: [['perAddress !== null && ofAddress >= perAddress', 'perAddress !== null && ofAddress >= perKey']],
    tests: { worker: ['test/worker/upload-rights.test.ts'] },
  },
  {
    file: 'src/durable/account.ts',
    slip: 'expired uploads keep their place',
    edits: [["        this.#sql.exec('DELETE FROM pending_upload WHERE expires_at < ?', Date.now())\n", '']],
    tests: { worker: ['test/worker/upload-rights.test.ts'] },
  },
  {
    file: 'src/service/files/multipart-upload.ts',
    slip: 'any key gives up the uploads of others',
    edits: [['if (!mayAbort(upload))', 'if (upload === undefined)']],
    tests: { worker: ['test/worker/upload-rights.test.ts'] },
  },
  {
    file: 'src/service/outbound/guard.ts',
    slip: 'only one dot at the end of a host goes',
    edits: [["replace(/\\.+$/, '')", "replace(/\\.$/, '')"]],
    tests: { unit: ['test/service/outbound/guard.test.ts'] },
  },
  {
    file: 'src/local/outbound.ts',
    slip: 'the first address of a name decides',
    edits: [['addresses?.find(', 'addresses?.slice(0, 1).find(']],
    tests: { unit: ['test/local/outbound.test.ts'] },
  },
  {
    file: 'src/service/processes/pin-versions.ts',
    slip: 'a batch looks up any number of files',
    edits: [['paths.length > MAX_FILES', 'paths.length > 1e9']],
    tests: { unit: ['test/service/processes/pin-versions.test.ts'] },
  },
  {
    file: 'src/service/processes/pin-versions.ts',
    slip: 'a batch takes jobs of any number of steps',
    edits: [['if (steps <= maxSteps) return', 'if (steps <= maxSteps || maxSteps > 0) return']],
    tests: { unit: ['test/service/processes/pin-versions.test.ts'] },
  },
  {
    file: `${BYTESCALE}/api/folder-jobs.ts`,
    slip: 'the job of a folder is recorded with metadata of any size',
    edits: [['  checkCopiedMeta({ metadata, tags })\n', '']],
    tests: { worker: ['test/worker/bytescale/names.test.ts'] },
  },
  {
    file: `${BYTESCALE}/cdn/save.ts`,
    slip: 'a later save is recorded with metadata of any size',
    edits: [['  checkCopiedMeta({ metadata, tags })\n', '']],
    tests: { worker: ['test/worker/bytescale/names.test.ts'] },
  },
  {
    file: 'src/service/files/content/breakable.ts',
    slip: 'a body that is too short counts as whole',
    edits: [['(next.done && size !== null && left > 0)', '(next.done && size === -1)']],
    tests: { unit: ['test/service/files/content/breakable.test.ts'] },
  },
  {
    file: 'src/service/files/content/read-whole.ts',
    slip: 'a stored file that is too short counts as whole',
    edits: [['if (length !== file.size)', 'if (length > file.size)']],
    tests: { unit: ['test/service/files/content/read-whole.test.ts'] },
  },
  {
    file: 'src/service/files/content/peek.ts',
    slip: 'a body that breaks off is a fault of the service',
    edits: [['throw cause instanceof AppError ? cause : new AppError', 'throw cause instanceof Error ? cause : new AppError']],
    tests: { unit: ['test/service/files/content/media-type.test.ts'] },
  },
  {
    file: `${BYTESCALE}/image-query/limits.ts`,
    slip: 'a picture has any number of layers',
    edits: [['layers > MAX_LAYERS', 'layers > 1e9']],
    tests: { unit: ['test/http/dialects/bytescale/image-query/limits.test.ts'] },
  },
  {
    file: 'src/http/json-body.ts',
    slip: 'the JSON API reads JSON of any depth',
    edits: [['{} : parseJson(text)', '{} : (JSON.parse(text) as unknown)']],
    tests: { unit: ['test/http/json-bodies.test.ts'] },
  },
  {
    file: 'src/http/dialects/batch/body.ts',
    slip: 'the batch API reads JSON of any depth',
    edits: [['const json = parseJson(text)', 'const json = JSON.parse(text) as unknown']],
    tests: { unit: ['test/http/json-bodies.test.ts'] },
  },
  {
    file: 'src/http/dialect.ts',
    slip: 'shared caches keep the errors of private files',
    edits: [["isPrivate ? 'private, max-age=0' : `public", "isPrivate && ttlSeconds < 0 ? 'private, max-age=0' : `public"]],
    tests: { worker: ['test/worker/bytescale/headers.test.ts'] },
  },
  {
    file: `${BYTESCALE}/cdn/image.ts`,
    slip: 'shared caches keep the errors of private layers',
    edits: [["  c.set('isPrivate', isPrivate)\n", '']],
    tests: { worker: ['test/worker/bytescale/headers.test.ts'] },
  },
  {
    file: 'src/local/front.ts',
    slip: 'a client speaks for the local runtime',
    edits: [['if (NOT_FROM_CLIENTS.test(name))', "if (name === '')"]],
    tests: { unit: ['test/local/front.test.ts'] },
  },
  {
    file: 'public/_headers',
    slip: 'any site frames the console',
    edits: [["; frame-ancestors 'none'", '']],
    tests: { unit: ['test/local/public-files.test.ts'] },
  },
  {
    file: `${FILESTACK}/security/policy.ts`,
    slip: 'an expired policy holds',
    edits: [['expiry * 1000 <= now', 'expiry * 1000 <= 0']],
    tests: { unit: ['test/http/dialects/filestack/policy.test.ts'] },
  },
  {
    file: `${FILESTACK}/security/policy.ts`,
    slip: 'a policy for one call allows all',
    edits: [['calls.some((call) => policy.calls.has(call))', 'policy.calls.size > 0']],
    tests: { unit: ['test/http/dialects/filestack/policy.test.ts'] },
  },
  {
    file: `${FILESTACK}/security/rights.ts`,
    slip: 'changing a file needs no right where security is off',
    edits: [["security === 'required' || calls.some((call) => MODIFYING.has(call))", "security === 'required'"]],
    tests: { worker: ['test/worker/filestack/rights.test.ts'] },
  },
  {
    file: `${FILESTACK}/security/rights.ts`,
    slip: 'a secured app stores for everybody',
    edits: [["security === 'required' || calls.some((call) => MODIFYING.has(call))", 'calls.some((call) => MODIFYING.has(call))']],
    tests: { worker: ['test/worker/filestack/rights.test.ts'] },
  },
  {
    file: `${FILESTACK}/security/rights.ts`,
    slip: 'any user of Basic is the owner',
    edits: [['/^app:(.*)$/s', '/^[^:]*:(.*)$/s']],
    tests: { worker: ['test/worker/filestack/rights.test.ts'] },
  },
  {
    file: `${FILESTACK}/file/open-file.ts`,
    slip: "another app's key finds a file",
    edits: [['!app || (caller && caller !== app)', '!app']],
    tests: { worker: ['test/worker/filestack/file.test.ts'] },
  },
  {
    file: `${FILESTACK}/file/change.ts`,
    slip: 'a policy for one file removes another',
    edits: [["['remove'], { handle: record.handle }", "['remove'], {}"]],
    tests: { worker: ['test/worker/filestack/rights.test.ts'] },
  },
  {
    file: `${FILESTACK}/store/answer.ts`,
    slip: 'the sizes and the path of a policy are not compared',
    edits: [['{ ...source, path: key, container, size }', 'source']],
    tests: { worker: ['test/worker/filestack/rights.test.ts'] },
  },
  {
    file: 'src/config/filestack-apps.ts',
    slip: 'two apps share a folder',
    edits: [['k !== i && other.account === one.account && isWithin(one.folder, other.folder)', 'false']],
    tests: { unit: ['test/config/filestack-apps.test.ts'] },
  },
]

/** Changes that lose work, waste memory or show another picture. */
const OTHERS: readonly Omit<Change, 'security'>[] = [
  {
    file: 'src/image/engine/bmff/picture.ts',
    slip: 'a mirrored AVIF is mirrored about the other axis',
    edits: [['value & 1 ? 2 : 4', 'value & 1 ? 4 : 2']],
    tests: { unit: ['test/image/codecs/avif.test.ts'] },
  },
  {
    file: 'src/image/engine/bmff/picture.ts',
    slip: 'an AVIF shows what its cut hides',
    edits: [
      [
        'if (!box || box.end - box.start < 32) return null\n  const view = viewOf(file)\n  const fraction',
        'if (!box || box.end > 0) return null\n  const view = viewOf(file)\n  const fraction',
      ],
    ],
    tests: { unit: ['test/image/codecs/avif.test.ts'] },
  },
  {
    file: 'src/image/codecs/avif.ts',
    slip: 'the cells of a grid lie in one row',
    edits: [['Math.floor(i / columns) * cell.height', '0']],
    tests: { unit: ['test/image/codecs/avif.test.ts'] },
  },
  {
    file: 'src/image/codecs/avif.ts',
    slip: 'alpha of an AVIF is forgotten',
    edits: [['if (alpha) await decodeCells', 'if (alpha && file.length === 0) await decodeCells']],
    tests: { unit: ['test/image/codecs/avif.test.ts'] },
  },
  {
    file: 'src/image/codecs/avif/header.ts',
    slip: 'memory is planned as if colours had half their samples',
    edits: [['const planes = flags & 0x10 ? 1 : flags & 0x08', 'const planes = flags & 0x10 ? 1 : flags & 0xff']],
    tests: { unit: ['test/image/peak.test.ts'] },
  },
  {
    file: 'src/image/icc/code-points.ts',
    slip: 'P3 by code points is taken for sRGB',
    edits: [['12: P3_PRIMARIES', '12: SRGB_PRIMARIES']],
    tests: { unit: ['test/image/icc/conversion.test.ts'] },
  },
  {
    file: 'src/image/engine/lzw.ts',
    slip: 'codes of TIFF grow a code too late',
    edits: [['next + early === 1 << width', 'next === 1 << width']],
    tests: { unit: ['test/image/engine/tiff/tiff.test.ts'] },
  },
  {
    file: 'src/service/mounts/mounted-files.ts',
    slip: 'a cache reset does not reach what an origin said',
    edits: [['answer.generation === generation && ', '']],
    tests: { unit: ['test/service/mounts/mounted-files.test.ts'] },
  },
  {
    file: 'src/service/mounts/mounted-files.ts',
    slip: 'a hundred requests ask an origin a hundred times',
    edits: [['const running = asked.get(key)', 'const running = undefined as Promise<Answer | null> | undefined']],
    tests: { unit: ['test/service/mounts/mounted-files.test.ts'] },
  },
  {
    file: 'src/service/mounts/mounted-files.ts',
    slip: 'a failing origin is asked by every request',
    edits: [['- mount.freshSeconds * 1000 + RETRY_MS', '- mount.freshSeconds * 1000']],
    tests: { unit: ['test/service/mounts/mounted-files.test.ts'] },
  },
  {
    file: 'src/adapters/mounts/web-origin.ts',
    slip: 'a part of a file of a server without ranges begins at its beginning',
    edits: [['range && response.status === 200 ? range.start : 0', '0']],
    tests: { unit: ['test/adapters/web-origin.test.ts'] },
  },
  {
    file: 'src/image/icc/look-up.ts',
    slip: 'Lab of version 2 is read as that of version 4',
    edits: [["pcs === 'Lab ' ? fromOldLab : (colour) => colour", '(colour) => colour']],
    tests: { unit: ['test/image/icc/tables.test.ts'] },
  },
  {
    file: 'src/image/icc/look-up.ts',
    slip: "black of version 4 is not its reference medium's",
    edits: [['profile.version >= 4 ? REFERENCE_BLACK : [0, 0, 0]', '[0, 0, 0]']],
    tests: { unit: ['test/image/icc/tables.test.ts'] },
  },
  {
    file: 'src/image/engine/jpeg/scaled/convert.ts',
    slip: 'inks become colours before the profile sees them',
    edits: [['rgbaRows(core, stream, conversion !== null)', 'rgbaRows(core, stream, false)']],
    tests: { unit: ['test/image/icc/tables.test.ts'] },
  },
  {
    file: 'src/image/planner.ts',
    slip: 'colours are kept below a picture that is drawn in others',
    edits: [["output.colours === 'keep' && steps.every(", "output.colours === 'keep' || steps.every("]],
    tests: { unit: ['test/image/carry.test.ts'] },
  },
  {
    file: 'src/image/metadata/exif.ts',
    slip: 'a result that was turned upright says that it must be turned',
    edits: [['  0x0112,\n', '']],
    tests: { unit: ['test/image/metadata/of-results.test.ts'] },
  },
  {
    file: 'src/service/handles/sweep-copies.ts',
    slip: 'the sweep of copies looks at those behind its beginning alone',
    edits: [['if (page.seenUpTo === null && !isBehind) break', 'if (page.seenUpTo === null) break']],
    tests: { unit: ['test/service/handles/sweep-copies.test.ts'] },
  },
  {
    file: 'src/service/jobs/run-jobs.ts',
    slip: 'the heartbeat every three leases instead of a third',
    edits: [['every(leaseMs / 3,', 'every(leaseMs * 3,']],
    tests: { unit: ['test/service/jobs/run-jobs.test.ts'] },
  },
  {
    file: 'src/service/processes/host.ts',
    slip: 'no alarm after a failing alarm',
    edits: [['        await storage.setAlarm(clock.now() + RETRY_ALARM_MS)\n', '']],
    tests: { unit: ['test/service/processes/host.test.ts'] },
  },
  {
    file: 'src/image/planner.ts',
    slip: "an operation's working memory is left out of the estimate",
    edits: [
      [
        'return workingBytes?.(params, from, to, isOpaque) ?? PIXELWISE_BYTES',
        'return workingBytes && isOpaque && to && PIXELWISE_BYTES ? 0 : PIXELWISE_BYTES',
      ],
    ],
    tests: { unit: ['test/image/ops/memory.test.ts'] },
  },
  {
    file: 'src/image/planner.ts',
    slip: 'a turn between other steps counts as if it held no picture',
    edits: [['if (turn) return turnRowsBytes(from, turn, isOpaque)', 'if (turn) return isOpaque ? 0 : 0']],
    tests: { unit: ['test/image/ops/memory.test.ts'] },
  },
  {
    file: 'src/image/planner.ts',
    slip: 'what the encoder holds is left out of the estimate',
    edits: [['rowsBytes + encoder.encodeBytes(shape, options, isOpaque)', 'rowsBytes']],
    tests: { unit: ['test/image/peak.test.ts'] },
  },
  {
    file: 'src/image/planner.ts',
    slip: 'what is left of a trimmed picture is scaled without limits',
    edits: [['if (next.peakBytes <= peakBytes) return', 'if (next.peakBytes > 0) return']],
    tests: { unit: ['test/image/shrunk.test.ts'] },
  },
  {
    file: 'src/image/ops/geometry/letterbox.ts',
    slip: 'the scaling is left out of the estimate',
    edits: [
      ['resampleRowsBytes(input, { ...wholeImage(input), ...inside(input, output), kernel }) + frameRowsBytes', 'frameRowsBytes'],
      ['import { resampleRows, resampleRowsBytes }', 'import { resampleRows }'],
      ['workingBytes: ({ kernel }, input, output)', 'workingBytes: (_params, _input, output)'],
    ],
    tests: { unit: ['test/image/ops/memory.test.ts'] },
  },
  {
    file: 'src/image/engine/jpeg/scaled/estimate.ts',
    slip: 'the coefficients of a progressive file at half their size',
    edits: [['return Math.ceil(records * 1.02)', 'return Math.ceil(records * 0.51)']],
    tests: { unit: ['test/image/planner.test.ts', 'test/image/engine/jpeg/scaled.test.ts'] },
  },
  {
    file: 'src/image/engine/core.ts',
    slip: 'the limit of the memory of one core at 256 MiB',
    edits: [['MAX_BYTES = 96 * 1024 * 1024', 'MAX_BYTES = 256 * 1024 * 1024']],
    tests: { unit: ['test/image/engine/core.test.ts'] },
  },
  {
    file: 'src/http/body-bytes.ts',
    slip: 'only the size of one chunk is checked',
    edits: [['size += chunk.length', 'size = chunk.length']],
    tests: { unit: ['test/http/body-bytes.test.ts'] },
  },
  {
    file: `${BYTESCALE}/cdn/merge-parameters.ts`,
    slip: 'the layers of the preset above those of the URL',
    edits: [['...layers, ...laterLayers]', '...laterLayers, ...layers]']],
    tests: { unit: ['test/http/dialects/bytescale/cdn/merge-parameters.test.ts'] },
  },
  {
    file: 'src/service/processes/state.ts',
    slip: 'a record is erased while its callback is pending',
    edits: [["state.expiresAt <= at && state.callback?.status !== 'PENDING'", 'state.expiresAt <= at']],
    tests: { unit: ['test/service/processes/state.test.ts'] },
  },
  {
    file: 'src/service/processes/job.ts',
    slip: 'jobs are granted before their back-off ends',
    edits: [["job.status !== 'PENDING' || job.sends === 0", "job.status !== 'PENDING'"]],
    tests: { unit: ['test/service/processes/state.test.ts'] },
  },
  {
    file: 'src/service/processes/state.ts',
    slip: 'reports of an old run count',
    edits: [["case 'report':\n      return event.run === state.run", "case 'report':\n      return event.run <= state.run"]],
    tests: { unit: ['test/service/processes/state.test.ts'] },
  },
  {
    file: 'src/service/processes/job.ts',
    slip: 'anybody renews a lease',
    edits: [["job.status === 'RUNNING' && job.lease?.id === lease\n    ?", "job.status === 'RUNNING'\n    ?"]],
    tests: { unit: ['test/service/processes/state.test.ts'] },
  },
  {
    file: 'src/service/processes/host.ts',
    slip: 'an erased process stays in the list',
    edits: [['    await index.remove(definition.owner, definition.id)\n', '']],
    tests: { unit: ['test/service/processes/host.test.ts'] },
  },
  {
    file: 'src/service/jobs/render.ts',
    slip: "a later attempt takes another job's file for its own",
    edits: [['there?.origin?.job === nameOfJob(context, job)', 'there?.origin?.job !== undefined']],
    tests: { unit: ['test/service/jobs/render.test.ts'] },
  },
  {
    file: 'src/service/triggers/sweep.ts',
    slip: 'the sweep takes an announced run for a recorded one',
    edits: [['await index.recorded(account, wanted)', 'await index.known(account, wanted)']],
    tests: { unit: ['test/service/triggers/sweep.test.ts'] },
  },
  {
    file: 'src/service/triggers/triggers.ts',
    slip: 'the time of the change is left out of the id of a run',
    edits: [['String(lastModified.getTime()),', "'',"]],
    tests: { worker: ['test/worker/triggers.test.ts'] },
  },
  {
    file: 'src/adapters/core-pool.ts',
    slip: 'instances of failed jobs are used again',
    edits: [['!core || !isHealthy ||', '!core ||']],
    tests: { unit: ['test/adapters/core-pool.test.ts'] },
  },
  {
    file: 'src/adapters/r2-multipart-store.ts',
    slip: 'the placeholder stays after an abort',
    edits: [
      [
        'if (there && isPlaceholder(there, upload.uploadId)) await callR2(() => bucket.delete(key))',
        'if (there === undefined) await callR2(() => bucket.delete(key))',
      ],
    ],
    tests: { worker: ['test/worker/contracts.test.ts'] },
  },
  {
    file: 'src/image/engine/jpeg/header.ts',
    slip: 'the last of two EXIF blocks wins',
    edits: [['exif ??= segment', 'exif = segment']],
    tests: { unit: ['test/image/engine/jpeg/header.test.ts'] },
  },
  {
    file: 'src/image/ops/colour/normalize.ts',
    slip: 'the lightest two hundredths become white',
    edits: [['percentile(counts, 0.99)', 'percentile(counts, 0.98)']],
    tests: { unit: ['test/image/ops/tones.test.ts', 'test/image/ops/expectations.test.ts'] },
  },
  {
    file: 'src/image/saliency.ts',
    slip: 'colour counts for less than half',
    edits: [['Math.hypot(lab.a, lab.b) * 0.3', 'Math.hypot(lab.a, lab.b) * 0.1']],
    tests: { unit: ['test/image/ops/expectations.test.ts', 'test/image/ops/framing.test.ts'] },
  },
  {
    file: 'src/image/assembly/resample/resample.ts',
    slip: 'the alpha of the last pixels is not looked at',
    edits: [['  for (; pixels < end; pixels += 4) if (load<u8>(pixels, 3) != 255) return 0\n', '']],
    tests: { unit: ['test/image/engine/resample/resampler.test.ts'] },
    rebuild: true,
  },
  {
    file: 'src/image/engine/jpeg/scaled/recode.ts',
    slip: 'the decoder takes the room that the encoder counts on',
    edits: [[' || stream.grows', '']],
    tests: { unit: ['test/image/engine/jpeg/scaled.test.ts'] },
  },
  {
    file: 'src/image/engine/jpeg/decode/turns.ts',
    slip: "a scan goes on with another scan's Huffman tables",
    edits: [['      useTables()\n', '']],
    tests: { unit: ['test/image/engine/jpeg/decoder-parts.test.ts'] },
  },
  {
    file: 'src/image/engine/jpeg/decode/turns.ts',
    slip: 'the end of a scan is looked for before its restart markers',
    edits: [['Math.ceil(units / scan.restartInterval) - 1', '0 * units']],
    tests: { unit: ['test/image/engine/jpeg/decoder-parts.test.ts'] },
  },
  {
    file: 'src/image/assembly/jpeg/scan.ts',
    slip: 'a run of empty blocks goes on behind a restart marker',
    edits: [['  store<i32>(SCAN, 0, S_EOB_RUN)\n', '']],
    tests: { unit: ['test/image/engine/jpeg/decoder-damage.test.ts'] },
    rebuild: true,
  },
  {
    file: 'src/image/codecs/webp.ts',
    slip: 'a damaged WebP is a fault of the service',
    edits: [["if (decoded === null) throw new AppError('invalid_image'", "if (decoded === null) throw new AppError('internal'"]],
    tests: { unit: ['test/image/codecs/webp.test.ts'] },
  },
  {
    file: 'src/image/orientation.ts',
    slip: 'mirrors of a transposed picture are exchanged',
    edits: [['a.transpose ? [b.mirrorY, b.mirrorX]', 'a.transpose ? [b.mirrorX, b.mirrorY]']],
    tests: { unit: ['test/image/orientation.test.ts'] },
  },
  {
    file: 'src/service/render/run-shared.ts',
    slip: 'plans of different turns share one decoding',
    edits: [["'rows'} ${probe.orientation} ${decoding}`", "'rows'} ${decoding}`"]],
    tests: { unit: ['test/service/render/run-shared.test.ts'] },
  },
  {
    file: 'src/durable/handle-index.ts',
    slip: 'a handle is found before its file is there',
    edits: [["return row?.state === 'stored' ? row.record : null", 'return row ? row.record : null']],
    tests: { worker: ['test/worker/filestack/handles.test.ts'] },
  },
  {
    file: 'src/durable/handle-index.ts',
    slip: 'the sweep forgets handles and leaves their files',
    edits: [['await effectsOf(this.env).release(row.record, fate)', '']],
    tests: { worker: ['test/worker/filestack/handles.test.ts'] },
  },
  {
    file: 'src/durable/handle-index.ts',
    slip: 'a store that was swept is answered',
    edits: [["return row?.state === 'pending' || row?.state === 'stored'", 'return true']],
    tests: { worker: ['test/worker/filestack/handles.test.ts'] },
  },
  {
    file: 'src/durable/file-claims.ts',
    slip: 'a removed handle takes the file of another one along',
    edits: [['if ([...kv.list({ prefix: claimsOf(path), limit: 1 })].length > 0) return null', '']],
    tests: { worker: ['test/worker/filestack/file.test.ts'] },
  },
  {
    file: 'src/service/handles/delete-unclaimed.ts',
    slip: "a store that died deletes somebody else's file",
    edits: [['storedFor !== null &&', 'false &&']],
    tests: { worker: ['test/worker/filestack/handles.test.ts'] },
  },
  {
    file: `${FILESTACK}/store/base64.ts`,
    slip: 'base64 that was cut off is stored',
    edits: [['if (!isWhole)', 'if (false)']],
    tests: { unit: ['test/http/dialects/filestack/base64.test.ts'] },
  },
  {
    file: `${FILESTACK}/store/sent.ts`,
    slip: 'JSON without a URL is no file',
    edits: [['if (fields === null || url === undefined)', 'if (fields === null)']],
    tests: { worker: ['test/worker/filestack/store.test.ts'] },
  },
  {
    file: `${FILESTACK}/store/content.ts`,
    slip: 'a URL that gives no file is 502',
    edits: [["thrown.code === 'source_unavailable'", 'false']],
    tests: { worker: ['test/worker/filestack/store.test.ts'] },
  },
  {
    file: 'src/service/handles/picture-facts.ts',
    slip: 'the size of a turned picture is that of the stored one',
    edits: [['uprightShape(probe, probe.orientation)', 'uprightShape(probe, 1)']],
    tests: { worker: ['test/worker/filestack/file.test.ts'] },
  },
  {
    file: 'src/http/forms/whole-form.ts',
    slip: 'the last of several files wins',
    edits: [['if (file) throw', 'if (false) throw']],
    tests: { worker: ['test/worker/filestack/store.test.ts'] },
  },
  {
    file: 'src/service/stores/byte-parts.ts',
    slip: 'a body that ends early is stored in a foreign store as far as it came',
    edits: [['if (sent + filled !== size) throw', 'if (false) throw']],
    tests: { unit: ['test/adapters/stores/dropbox.test.ts'] },
  },
  {
    file: 'src/image/icc/high-range.ts',
    slip: 'high dynamic range is cut off at white, not bent',
    edits: [['if (level < knee) return light', 'if (level >= 0) return light']],
    tests: { unit: ['test/image/icc/high-range.test.ts'] },
  },
  {
    file: 'src/durable/handle-index.ts',
    slip: 'what an overwrite leaves of a handle that was removed stays for ever',
    edits: [["if (fate === 'keep' || until < Date.now()) return", 'if (until >= 0) return']],
    tests: { worker: ['test/worker/filestack/handles.test.ts'] },
  },
  {
    file: 'src/durable/handle-index.ts',
    slip: 'a handle that was removed without its file loses it later',
    edits: [["if (fate === 'keep' || until < Date.now()) return", 'if (until < Date.now()) return']],
    tests: { worker: ['test/worker/filestack/handles.test.ts'] },
  },
  {
    file: 'src/image/ops/layers/composite.ts',
    slip: 'a layer is not read in the size that its scale gives',
    edits: [['size.width * scale)', 'size.width)']],
    tests: { unit: ['test/http/dialects/filestack/processing/oracle/tasks.test.ts'] },
  },
  {
    file: 'src/http/dialects/filestack/processing/picture-tasks.ts',
    slip: 'blackwhite takes its threshold for a level',
    edits: [['?? 50) * 255) / 100', '?? 50))']],
    tests: { unit: ['test/http/dialects/filestack/processing/oracle/tasks.test.ts'] },
  },
  {
    file: 'src/http/dialects/filestack/processing/effect-tasks.ts',
    slip: "shadow's alias l means nothing",
    edits: [
      [
        "const sigma = args.number({ min: 0, max: 20 }, 'blur', 'l') ?? 4\n  const opacity",
        "const sigma = args.number({ min: 0, max: 20 }, 'blur') ?? 4\n  const opacity",
      ],
    ],
    tests: { unit: ['test/http/dialects/filestack/processing/oracle/laws.test.ts'] },
  },
  {
    file: 'src/image/ops/effects/ascii.ts',
    slip: 'transparent pixels count for the colour of a letter',
    edits: [['(row[at] as number) * alpha', '(row[at] as number) * 255']],
    tests: { unit: ['test/image/ops/looks.test.ts'] },
  },
  {
    file: 'src/http/dialects/filestack/security/rights.ts',
    slip: 'EXIF and its place are told to every policy',
    edits: [["rights.policy.calls.has('exif')", 'true']],
    tests: { worker: ['test/worker/filestack/file.test.ts'] },
  },
  {
    file: 'src/adapters/parts/r2-chunk-store.ts',
    slip: 'a part that was replaced after it was listed is joined',
    edits: [['etag === undefined ? {} :', 'true ? {} :']],
    tests: { worker: ['test/worker/filestack/upload-elsewhere.test.ts'] },
  },
  {
    file: 'src/service/handles/parts/object-uploads.ts',
    slip: 'chunks of the first part take the place of parts',
    edits: [['const WHOLE_PARTS = 0', 'const WHOLE_PARTS = 1']],
    tests: { worker: ['test/worker/filestack/upload-elsewhere.test.ts'] },
  },
  {
    file: 'src/adapters/stores/swift-call.ts',
    slip: 'a token that Swift refuses is asked with for ever',
    edits: [['if ((await login) === first) login = undefined', 'await login']],
    tests: { unit: ['test/adapters/stores/keystone.test.ts'] },
  },
  {
    file: 'src/adapters/stores/dropbox-call.ts',
    slip: 'names of other alphabets stand in a header as they are',
    edits: [['/[^\\u0020-\\u007e]/g', '/[^\\u0020-\\uffff]/g']],
    tests: { unit: ['test/adapters/stores/dropbox.test.ts'] },
  },
  {
    file: 'src/config/stores.ts',
    slip: 'a store may have an address inside',
    edits: [['checkPublicUrl(address, allowHosts)', 'new URL(address)']],
    tests: { unit: ['test/config/stores.test.ts'] },
  },
  {
    file: 'src/config/filestack-apps.ts',
    slip: 'two apps store in one container',
    edits: [['all.indexOf(place) !== i', 'false']],
    tests: { unit: ['test/config/stores.test.ts'] },
  },
]

export const CHANGES: readonly Change[] = [
  ...SECURITY.map((change) => ({ ...change, security: true })),
  ...OTHERS.map((change) => ({ ...change, security: false })),
]
