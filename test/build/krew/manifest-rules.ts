import { parse } from 'yaml'

// What krew and the checks of its index demand of a manifest, from their sources: internal/index/validation/validate.go,
// cmd/validate-krew-manifest/main.go and internal/installation/platform.go of github.com/kubernetes-sigs/krew, and the
// guides for those who submit a plugin.

export interface Requirement {
  readonly key: string
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist'
  readonly values?: readonly string[]
}

export interface Selector {
  readonly matchLabels?: Readonly<Record<string, string>>
  readonly matchExpressions?: readonly Requirement[]
}

export interface Platform {
  readonly uri?: string
  readonly sha256?: string
  readonly bin?: string
  readonly files?: readonly { readonly from?: string; readonly to?: string }[]
  readonly selector?: Selector
}

export interface Manifest {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata?: { readonly name?: string }
  readonly spec?: {
    readonly version?: string
    readonly homepage?: string
    readonly shortDescription?: string
    readonly description?: string
    readonly caveats?: string
    readonly platforms?: readonly Platform[]
  }
}

/** The platforms that krew itself runs on, as `os/arch`. */
export const knownPlatforms = [
  'windows/386',
  'windows/amd64',
  'windows/arm64',
  'linux/386',
  'linux/amd64',
  'linux/arm',
  'linux/arm64',
  'linux/ppc64le',
  'darwin/386',
  'darwin/amd64',
  'darwin/arm64',
]

const WINDOWS_DEVICE = /^(con|prn|aux|nul|com[1-9]|lpt[1-9])$/i
const SEMANTIC_VERSION =
  /^v(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/

/** Everything that is wrong with a manifest, in the words of these rules; empty when krew and its index take it. */
export function manifestFaults(file: string, text: string): readonly string[] {
  const manifest = parse(text) as Manifest
  const { apiVersion, kind, metadata, spec = {} } = manifest
  const { version = '', shortDescription = '', description = '', caveats = '', platforms = [] } = spec
  const name = metadata?.name ?? ''
  const rules: readonly (readonly [holds: boolean, fault: string])[] = [
    [file.endsWith('.yaml'), 'the file does not end in .yaml'],
    [apiVersion === 'krew.googlecontainertools.github.com/v1alpha2', 'another apiVersion'],
    [kind === 'Plugin', 'another kind'],
    [/^[\w-]+$/.test(name), 'a name with other signs than letters, digits, - and _'],
    [!WINDOWS_DEVICE.test(name), 'a name that Windows keeps for a device'],
    [`${name}.yaml` === file, 'another name than the file'],
    [shortDescription !== '', 'no short description'],
    [!/[\r\n]/.test(shortDescription), 'a short description of several lines'],
    [shortDescription.length <= 50, 'a short description of more than 50 characters'],
    [isWrapped(description), 'a description of lines with more than 80 characters'],
    [isWrapped(caveats), 'caveats of lines with more than 80 characters'],
    [version !== '', 'no version'],
    [version === '' || version.startsWith('v'), 'a version without v'],
    [!version.startsWith('v') || SEMANTIC_VERSION.test(version), 'no semantic version'],
    [platforms.length > 0, 'no platform'],
  ]
  return [
    ...rules.filter(([holds]) => !holds).map(([, fault]) => fault),
    ...platforms.flatMap((platform, index) => platformFaults(platform).map((fault) => `platform ${index}: ${fault}`)),
    ...overlaps(platforms),
  ]
}

function platformFaults({ uri = '', sha256 = '', bin = '', files, selector }: Platform): readonly string[] {
  const { matchLabels, matchExpressions } = selector ?? {}
  const keys = [...Object.keys(matchLabels ?? {}), ...(matchExpressions ?? []).map(({ key }) => key)]
  const matched = knownPlatforms.filter((platform) => selects(selector, platform))
  const rules: readonly (readonly [holds: boolean, fault: string])[] = [
    [uri !== '', 'no uri'],
    [sha256 !== '', 'no sha256'],
    [sha256 === '' || /^[a-f0-9]{64}$/.test(sha256), 'sha256 is not 64 digits with small letters'],
    [bin !== '', 'no bin'],
    [files === undefined || files.length > 0, 'files without an entry'],
    [(files ?? []).every(({ from = '' }) => from !== ''), 'a file without from'],
    [(files ?? []).every(({ to = '' }) => to !== ''), 'a file without to'],
    [selector !== undefined, 'no selector'],
    [selector === undefined || matchLabels !== undefined || matchExpressions !== undefined, 'an empty selector'],
    [matchLabels === undefined || Object.keys(matchLabels).length > 0, 'matchLabels without a label'],
    [matchExpressions === undefined || matchExpressions.length > 0, 'matchExpressions without an expression'],
    [keys.every((key) => key === 'os' || key === 'arch'), 'a selector by something else than os and arch'],
    [keys.length === 0 || matched.length > 0, 'a selector that matches no platform'],
    [
      !matched.some((platform) => platform.startsWith('windows/')) || bin.endsWith('.exe'),
      'a program for Windows without .exe',
    ],
  ]
  return rules.filter(([holds]) => !holds).map(([, fault]) => fault)
}

function overlaps(platforms: readonly Platform[]): readonly string[] {
  return knownPlatforms.flatMap((known) => {
    const matching = platforms.flatMap(({ selector }, index) => (selects(selector, known) ? [index] : []))
    return matching.length > 1 ? [`platforms ${matching.join(' and ')} both match ${known}`] : []
  })
}

/** Whether a platform's selector takes `os/arch`, as Kubernetes' label selectors do. */
export function selects(selector: Selector | undefined, platform: string): boolean {
  if (selector === undefined) return false
  const [os = '', arch = ''] = platform.split('/')
  const labels: Readonly<Record<string, string>> = { os, arch }
  return (
    Object.entries(selector.matchLabels ?? {}).every(([key, value]) => labels[key] === value) &&
    (selector.matchExpressions ?? []).every(({ key, operator, values = [] }) => {
      const value = labels[key]
      if (operator === 'Exists') return value !== undefined
      if (operator === 'DoesNotExist') return value === undefined
      const isIn = value !== undefined && values.includes(value)
      return operator === 'In' ? isIn : !isIn
    })
  )
}

// A word that is longer than a line cannot be wrapped.
function isWrapped(text: string): boolean {
  return text.split('\n').every((line) => line.length <= 80 || !line.trim().includes(' '))
}
