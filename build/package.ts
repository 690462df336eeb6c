import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { completionShim } from '../cmd/completion/shim.ts'
import packageJson from '../package.json' with { type: 'json' }
import { archiveName } from './archives/archive-name.ts'
import { renderBillOfMaterials } from './archives/bill-of-materials.ts'
import { bundledPackages } from './archives/bundled-packages.ts'
import { renderNotices } from './archives/notices.ts'
import { type ReleaseOptions, readReleaseOptions } from './archives/release-options.ts'
import { writeArchive } from './archives/write-archive.ts'
import { bundleProgram } from './bundle.ts'
import { makeExecutables } from './executables/make-executables.ts'
import { nodeVersion, obtainNodeLicence } from './executables/node-binary.ts'
import { executableName, nodePlatform, targetName, targets } from './executables/targets.ts'
import { pluginName, releaseUrl, renderPluginManifest } from './krew/plugin-manifest.ts'

// npm run package [-- --repository https://github.com/OWNER/NAME]: dist/packages, all files of a release: an archive for each
// platform, their checksums, the bill of materials and, when it is told where the release will be, krew's manifest. The same
// sources in the same folder give the same bytes.

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PACKAGES = join(ROOT, 'dist/packages')
const WORK = join(ROOT, '.cache/build')
const STAMP = join(WORK, 'packages-inputs')
const BILL_OF_MATERIALS = 'kubectl-perf.cdx.json'

// The old field for times in a zip is in local time.
process.env.TZ = 'UTC'

const started = performance.now()
const { repository, time } = readOptions()
const version = `v${packageJson.version}`

const program = await bundleProgram(version)
const executables = await makeExecutables(program, version, targets, WORK)
const packages = await bundledPackages(program.metafiles)
const node = { version: nodeVersion(), licenceText: await obtainNodeLicence(join(WORK, 'node')) }
const notices = renderNotices(packages, node)
const billOfMaterials = renderBillOfMaterials({ version, packages, nodeVersions: process.versions, time })
const licence = await readFile(join(ROOT, 'LICENSE'), 'utf8')

const inputs = await digestOfInputs()
const isFresh = (await readFile(STAMP, 'utf8').catch(() => '')) === inputs && (await hasAllArchives())
if (!isFresh) await writeArchives()
const checksums = await writeChecksums()
if (repository === undefined) {
  await rm(join(PACKAGES, `${pluginName}.yaml`), { force: true })
  console.error(`No manifest for krew: say where the release will be, npm run package -- --repository https://…`)
} else {
  const manifest = await renderPluginManifest({
    name: pluginName,
    version,
    homepage: repository,
    archive: (file) => `uri: ${releaseUrl(repository, version, file)}\nsha256: ${checksums.get(file)}`,
  })
  await writeFile(join(PACKAGES, `${pluginName}.yaml`), manifest)
}
for (const target of targets) {
  const { size } = await stat(join(PACKAGES, archiveName(target)))
  console.error(`${archiveName(target).padEnd(36)}${(size / 1e6).toFixed(1)} MB`)
}
console.error(
  `${PACKAGES} is ${isFresh ? 'up to date' : 'built'} (${((performance.now() - started) / 1000).toFixed(1)} s)`,
)

function readOptions(): ReleaseOptions {
  try {
    return readReleaseOptions(process.argv.slice(2), process.env)
  } catch (error) {
    console.error(`error: ${(error as Error).message}`)
    console.error('Usage: npm run package [-- --repository https://github.com/OWNER/NAME]')
    process.exit(2)
  }
}

async function writeArchives(): Promise<void> {
  await rm(STAMP, { force: true })
  await rm(PACKAGES, { recursive: true, force: true })
  await mkdir(PACKAGES, { recursive: true })
  await writeFile(join(PACKAGES, BILL_OF_MATERIALS), billOfMaterials)
  // All at once: each is compressed by one thread.
  await Promise.all(
    executables.map(async ({ target, path }) => {
      const shim = completionShim(nodePlatform(target))
      const files = [
        { name: executableName(target), isExecutable: true, content: { path } },
        { name: shim.name, isExecutable: true, content: shim.text },
        { name: 'LICENSE', isExecutable: false, content: licence },
        { name: 'THIRD-PARTY-NOTICES', isExecutable: false, content: notices },
      ]
      await writeArchive(join(PACKAGES, archiveName(target)), files, time, join(WORK, 'staging', targetName(target)))
    }),
  )
  await writeFile(STAMP, inputs)
}

/** `checksums.txt`, as `sha256sum --check` takes it; gives the checksums by file. */
async function writeChecksums(): Promise<ReadonlyMap<string, string>> {
  const checksums = new Map<string, string>()
  for (const file of [...targets.map(archiveName), BILL_OF_MATERIALS].sort()) {
    const content = await readFile(join(PACKAGES, file))
    checksums.set(file, createHash('sha256').update(content).digest('hex'))
  }
  const lines = Array.from(checksums, ([file, sum]) => `${sum}  ${file}\n`)
  await writeFile(join(PACKAGES, 'checksums.txt'), lines.join(''))
  return checksums
}

/** Of all that decides what the archives are. */
async function digestOfInputs(): Promise<string> {
  const hash = createHash('sha256')
  for (const { target, digest } of executables) {
    hash.update(`${targetName(target)} ${digest} ${completionShim(nodePlatform(target)).text}`)
  }
  hash.update(notices).update(billOfMaterials).update(licence).update(time.toISOString())
  const folder = join(ROOT, 'build/archives')
  const sources = (await readdir(folder)).sort().map((file) => join(folder, file))
  for (const file of [...sources, fileURLToPath(import.meta.url)]) hash.update(await readFile(file))
  return hash.digest('hex')
}

async function hasAllArchives(): Promise<boolean> {
  const files = new Set(await readdir(PACKAGES).catch((): string[] => []))
  return [...targets.map(archiveName), BILL_OF_MATERIALS].every((file) => files.has(file))
}
