import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parse, stringify } from 'yaml'
import { targetName, targets } from '../../../build/executables/targets.ts'
import { pluginName, releaseUrl, renderPluginManifest } from '../../../build/krew/plugin-manifest.ts'
import { knownPlatforms, type Manifest, manifestFaults, type Platform, selects } from './manifest-rules.ts'

const FILE = `${pluginName}.yaml`
const REPOSITORY = 'https://github.com/example/kubectl-perf'
const text = await renderPluginManifest({
  name: pluginName,
  version: 'v1.2.3',
  homepage: REPOSITORY,
  archive: (file) => `uri: ${releaseUrl(REPOSITORY, 'v1.2.3', file)}\nsha256: ${'0a'.repeat(32)}`,
})
const manifest = parse(text) as Manifest
const spec = manifest.spec ?? {}
const platforms = spec.platforms ?? []
const [first = {}, ...rest] = platforms

test('the manifest keeps every rule of krew and of its index', () => {
  expect(manifestFaults(FILE, text)).toEqual([])
})

test('each platform gets its own archive from the release, and nothing is left out of it', () => {
  const expected = targets.map((target) => {
    const windows = target.os === 'windows'
    return {
      selector: { matchLabels: { os: target.os, arch: target.arch } },
      uri: `${REPOSITORY}/releases/download/v1.2.3/kubectl-perf-${targetName(target)}${windows ? '.zip' : '.tar.gz'}`,
      sha256: '0a'.repeat(32),
      bin: windows ? 'kubectl-perf.exe' : 'kubectl-perf',
    }
  })
  expect(platforms).toEqual(expected)
})

const inSpec = (change: Partial<NonNullable<Manifest['spec']>>): Manifest => ({
  ...manifest,
  spec: { ...spec, ...change },
})
const without = <T extends object>(value: T, key: keyof T): T => {
  const { [key]: _, ...others } = value
  return others as T
}
const inFirst = (change: Partial<Platform>): Manifest => inSpec({ platforms: [{ ...first, ...change }, ...rest] })
const named = (name: string): Manifest => ({ ...manifest, metadata: { name } })

const violations: readonly (readonly [rule: string, manifest: Manifest, file?: string])[] = [
  ['the file does not end in .yaml', manifest, `${pluginName}.yml`],
  ['another apiVersion', { ...manifest, apiVersion: 'krew.googlecontainertools.github.com/v1alpha1' }],
  ['another kind', { ...manifest, kind: 'Index' }],
  ['a name with other signs than letters, digits, - and _', named('per/f'), 'per/f.yaml'],
  ['a name that Windows keeps for a device', named('Com1'), 'Com1.yaml'],
  ['another name than the file', named('cluster-perf')],
  ['no short description', inSpec({ shortDescription: '' })],
  ['a short description of several lines', inSpec({ shortDescription: 'one\ntwo' })],
  ['a short description of more than 50 characters', inSpec({ shortDescription: 'x'.repeat(51) })],
  ['a description of lines with more than 80 characters', inSpec({ description: `${'x'.repeat(78)} yz` })],
  ['caveats of lines with more than 80 characters', inSpec({ caveats: `${'x'.repeat(78)} yz` })],
  ['no version', inSpec({ version: '' })],
  ['a version without v', inSpec({ version: '1.2.3' })],
  ['no semantic version', inSpec({ version: 'v1.2' })],
  ['no platform', inSpec({ platforms: [] })],
  ['platform 0: no uri', inFirst({ uri: '' })],
  ['platform 0: no sha256', inFirst({ sha256: '' })],
  ['platform 0: sha256 is not 64 digits with small letters', inFirst({ sha256: '0A'.repeat(32) })],
  ['platform 0: no bin', inFirst({ bin: '' })],
  ['platform 0: files without an entry', inFirst({ files: [] })],
  ['platform 0: a file without from', inFirst({ files: [{ to: '.' }] })],
  ['platform 0: a file without to', inFirst({ files: [{ from: '*' }] })],
  ['platform 0: no selector', inSpec({ platforms: [without(first, 'selector'), ...rest] })],
  ['platform 0: an empty selector', inSpec({ platforms: [{ ...first, selector: {} }] })],
  ['platform 0: matchLabels without a label', inSpec({ platforms: [{ ...first, selector: { matchLabels: {} } }] })],
  [
    'platform 0: matchExpressions without an expression',
    inFirst({ selector: { ...first.selector, matchExpressions: [] } }),
  ],
  [
    'platform 0: a selector by something else than os and arch',
    inFirst({
      selector: { ...first.selector, matchExpressions: [{ key: 'libc', operator: 'DoesNotExist' }] },
    }),
  ],
  [
    'platform 0: a selector that matches no platform',
    inFirst({ selector: { matchLabels: { os: 'linux', arch: 'x86_64' } } }),
  ],
  [
    'platform 4: a program for Windows without .exe',
    inSpec({ platforms: platforms.map((p) => ({ ...p, bin: 'kubectl-perf' })) }),
  ],
  [
    'platforms 0 and 1 both match linux/arm64',
    inFirst({
      selector: {
        matchLabels: { os: 'linux' },
        matchExpressions: [{ key: 'arch', operator: 'NotIn', values: ['arm'] }],
      },
    }),
  ],
]

test.each(violations.map(([rule, wrong, file = FILE]) => ({ rule, wrong, file })))(
  'a manifest that breaks it is refused: $rule',
  ({ rule, wrong, file }) => {
    expect(manifestFaults(file, stringify(wrong))).toContain(rule)
  },
)

test('selectors are those of Kubernetes', () => {
  const matching = (expression: NonNullable<Parameters<typeof selects>[0]>) =>
    knownPlatforms.filter((platform) => selects(expression, platform))
  expect(matching({ matchLabels: { os: 'darwin' } })).toEqual(['darwin/386', 'darwin/amd64', 'darwin/arm64'])
  expect(matching({ matchExpressions: [{ key: 'os', operator: 'In', values: ['linux', 'windows'] }] })).toHaveLength(8)
  expect(matching({ matchExpressions: [{ key: 'arch', operator: 'NotIn', values: ['amd64', '386'] }] })).toHaveLength(5)
  expect(matching({ matchExpressions: [{ key: 'libc', operator: 'Exists' }] })).toEqual([])
})

test('the name is one variable: under another one the manifest is as good', async () => {
  const other = await renderPluginManifest({
    name: 'cluster-perf',
    version: 'v1.2.3',
    homepage: REPOSITORY,
    archive: () => `uri: https://example.com/a\nsha256: ${'0a'.repeat(32)}`,
  })
  expect(manifestFaults('cluster-perf.yaml', other)).toEqual([])
  const template = await readFile(new URL('../../../krew/plugin.yaml.template', import.meta.url), 'utf8')
  expect(template).toMatch(/^ {2}name: \$NAME$/m)
})
