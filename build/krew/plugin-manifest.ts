import { readFile } from 'node:fs/promises'
import { archiveName } from '../archives/archive-name.ts'
import { targetName, targets } from '../executables/targets.ts'

/**
 * What krew calls the plugin, and so the name of its manifest. `kubectl perf` is what a person types after any installation
 * that gives the executable its own name; krew makes a link by the plugin's name.
 */
export const pluginName = 'perf'

const TEMPLATE = new URL('../../krew/plugin.yaml.template', import.meta.url)

/** What the manifest of one release says; texts as they stand in YAML. */
export interface ManifestValues {
  readonly name: string
  readonly version: string
  readonly homepage: string
  /** The keys `uri` and `sha256` of an archive, two lines or an expression that gives them. */
  readonly archive: (file: string) => string
}

/**
 * The krew manifest of the plugin: krew/plugin.yaml.template with values put in.
 * @throws Error when the template asks for something that there is not, or leaves out a platform
 */
export async function renderPluginManifest({ name, version, homepage, archive }: ManifestValues): Promise<string> {
  const template = await readFile(TEMPLATE, 'utf8')
  const values: Readonly<Record<string, string>> = { NAME: name, VERSION: version, HOMEPAGE: homepage }
  const archives = new Map(
    targets.map((target) => [targetName(target), archive(archiveName(target)).replaceAll('\n', '\n    ')]),
  )
  const used = new Set<string>()
  const text = template.replace(/\$([A-Z]+)(?:\(([^)]*)\))?/g, (placeholder, word: string, target?: string) => {
    const value = word === 'ARCHIVE' ? archives.get(target ?? '') : values[word]
    if (value === undefined) throw new Error(`krew/plugin.yaml.template: nothing is known as ${placeholder}`)
    if (target !== undefined) used.add(target)
    return value
  })
  const missing = [...archives.keys()].filter((target) => !used.has(target))
  if (missing.length > 0) throw new Error(`krew/plugin.yaml.template has no ${missing.join(', ')}`)
  return text
}

/** Where a release of a repository on GitHub has its files. */
export function releaseUrl(repository: string, tag: string, file: string): string {
  return `${repository}/releases/download/${tag}/${file}`
}

/**
 * `.krew.yaml`: the same manifest for krew-release-bot, which fills in the release it is told of
 * (github.com/rajatjindal/krew-release-bot). It knows the repository, so that no name stands here.
 */
export function renderReleaseBotTemplate(): Promise<string> {
  return renderPluginManifest({
    name: pluginName,
    version: '{{ .TagName }}',
    homepage: 'https://github.com/{{ .PluginOwner }}/{{ .PluginRepo }}',
    archive: (file) => {
      const url = releaseUrl('https://github.com/%s/%s', '%s', file)
      return `{{ addURIAndSha (printf "${url}" .PluginOwner .PluginRepo .TagName) .TagName }}`
    },
  })
}
