import type { Metafile } from 'esbuild'
import { expect, test } from 'vitest'
import { bundledPackages, packageFolder } from '../../../build/archives/bundled-packages.ts'
import { renderNotices } from '../../../build/archives/notices.ts'

const metafile = (bytes: Readonly<Record<string, number>>): Metafile => ({
  inputs: {},
  outputs: {
    'out.js': {
      bytes: 0,
      imports: [],
      exports: [],
      inputs: Object.fromEntries(Object.entries(bytes).map(([file, bytesInOutput]) => [file, { bytesInOutput }])),
    },
  },
})

test.each([
  ['lib/run/scope.ts', undefined],
  ['node_modules/ws/lib/stream.js', 'node_modules/ws'],
  ['node_modules/@sinclair/typebox/build/index.mjs', 'node_modules/@sinclair/typebox'],
  ['node_modules/ora/node_modules/string-width/index.js', 'node_modules/ora/node_modules/string-width'],
])('%s is of the package in %s', (file, folder) => {
  expect(packageFolder(file)).toBe(folder)
})

test('packages of all stages, once each, without those of which nothing is left', async () => {
  const packages = await bundledPackages([
    metafile({ 'cmd/root.ts': 10, 'node_modules/yaml/dist/index.js': 5, 'node_modules/ws/index.js': 0 }),
    metafile({ 'node_modules/yaml/dist/log.js': 1, 'node_modules/@sinclair/typebox/index.js': 2 }),
  ])
  expect(packages.map(({ name, licence }) => [name, licence])).toEqual([
    ['@sinclair/typebox', 'MIT'],
    ['yaml', 'ISC'],
  ])
  const notices = renderNotices(packages, { version: '22.0.0', licenceText: 'of Node' })
  expect(notices).toMatch(/\n@sinclair\/typebox \S+: MIT\nyaml \S+: ISC\nNode\.js 22\.0\.0, with/)
  expect(notices.match(/^={80}$/gm)).toHaveLength(3)
  for (const { licenceText } of packages) expect(notices).toContain(licenceText)
  expect(notices.endsWith('of Node\n')).toBe(true)
})

test('a package without its licence stops the build', async () => {
  // A package of the build that comes so.
  const bundle = metafile({ 'node_modules/isarray/index.js': 1 })
  await expect(bundledPackages([bundle])).rejects.toThrow(/^isarray \S+ comes without its licence$/)
})
