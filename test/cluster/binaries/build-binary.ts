import { createWriteStream } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { finished } from 'node:stream/promises'
import { formatSeconds, type Report, showProgress } from '../progress.ts'
import { runGo } from './go.ts'
import { cacheFolder, moduleFolder, type PinnedBinary } from './pinned-binaries.ts'

/**
 * Builds one binary from its Go module into the cache. What go says is kept in `<name>.log` beside it. Two builds of one binary
 * must not run at the same time.
 */
export async function buildBinary(binary: PinnedBinary, position: string, report: Report): Promise<void> {
  const folder = cacheFolder(binary.family)
  await mkdir(folder, { recursive: true })
  const target = join(folder, binary.name)
  // A half-written binary must never carry the final name: another run takes what it finds there.
  const unfinished = join(folder, `.${binary.name}.unfinished`)
  const log = createWriteStream(join(folder, `${binary.name}.log`))
  report(`Building ${binary.name} ${binary.version} (${position})`)
  const startedAt = Date.now()
  let state = 'looking what has to be compiled'
  const progress = showProgress(report, (elapsed) => `  ${binary.name}: ${formatSeconds(elapsed)}, ${state}`)
  const module = moduleFolder(binary.family)
  try {
    const packages = await stalePackages(binary, (line) => {
      log.write(`${line}\n`)
      if (line.startsWith('go: ')) state = line.slice('go: '.length)
    })
    let compiled = 0
    state = `${packages} packages to compile`
    const flags = ['-v', '-trimpath', ...tagFlags(binary), '-ldflags', linkerFlags(binary)]
    await runGo(['build', ...flags, '-o', unfinished, binary.package], module, (line) => {
      log.write(`${line}\n`)
      // `-v` prints each package as its compilation begins.
      if (!line.startsWith('go: ')) compiled += 1
      state = compiled < packages ? `package ${compiled} of ${packages}` : 'linking'
    })
    await rename(unfinished, target)
  } finally {
    progress.stop()
    await finished(log.end())
    await rm(unfinished, { force: true })
  }
  report(`Built ${target} in ${formatSeconds(Math.round((Date.now() - startedAt) / 1000))}`)
}

/** Downloads the modules of a binary, and gives the number of packages that go's own cache has not got. */
async function stalePackages(binary: PinnedBinary, onLine: (line: string) => void): Promise<number> {
  const format = '{{if .Stale}}{{.ImportPath}}{{end}}'
  const args = ['list', '-trimpath', ...tagFlags(binary), '-deps', '-f', format, binary.package]
  return (await runGo(args, moduleFolder(binary.family), onLine)).length
}

function tagFlags({ tags }: PinnedBinary): string[] {
  return tags === undefined ? [] : ['-tags', tags]
}

function linkerFlags(binary: PinnedBinary): string {
  const [major, minor] = binary.version.replace(/^v/, '').split('.')
  const variables: Record<PinnedBinary['family'], string[]> = {
    etcd: [],
    kubernetes: [
      `k8s.io/component-base/version.gitVersion=${binary.version}`,
      `k8s.io/component-base/version.gitMajor=${major}`,
      `k8s.io/component-base/version.gitMinor=${minor}`,
    ],
    kwok: [`sigs.k8s.io/kwok/pkg/consts.Version=${binary.version}`],
    // It reads the version of its module.
    fortio: [],
    // Its version is written in its source.
    coredns: [],
    'metrics-server': [`k8s.io/client-go/pkg/version.gitVersion=${binary.version}`],
    // Cilium reads its version only when a revision and a date follow, which the module does not tell.
    cilium: [`github.com/cilium/cilium/pkg/version.ciliumVersion=${binary.version.replace(/^v/, '')} unknown unknown`],
    helm: [`helm.sh/helm/v3/internal/version.version=${binary.version}`],
  }
  return ['-s -w', ...variables[binary.family].map((variable) => `-X '${variable}'`)].join(' ')
}
