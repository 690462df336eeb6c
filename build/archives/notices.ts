import type { BundledPackage } from './bundled-packages.ts'

const RULE = '='.repeat(80)

/** The file THIRD-PARTY-NOTICES: every part of the executables that others wrote, with its licence in full. */
export function renderNotices(
  packages: readonly BundledPackage[],
  node: { readonly version: string; readonly licenceText: string },
): string {
  const introduction = [
    'kubectl-perf is licensed under the Apache License 2.0, see the file LICENSE.',
    'It contains the following software of others, under the licences that are here in full.',
  ].join('\n')
  const overview = [
    ...packages.map(({ name, version, licence }) => `${name} ${version}: ${licence}`),
    `Node.js ${node.version}, with the libraries built into it: MIT and others, at the end`,
  ]
  const sections = packages.map(({ name, version, licence, homepage, licenceText }) =>
    [RULE, `${name} ${version}`, licence, ...(homepage === undefined ? [] : [homepage]), '', licenceText].join('\n'),
  )
  const runtime = [RULE, `Node.js ${node.version}`, 'https://nodejs.org', '', node.licenceText.trim()].join('\n')
  return `${[introduction, overview.join('\n'), ...sections, runtime].join('\n\n')}\n`
}
