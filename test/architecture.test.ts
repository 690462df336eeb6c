import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

// The architecture in rules that fail: who may import whom, also for types, and what no tracked file may contain.

const ROOT = fileURLToPath(new URL('..', import.meta.url))

interface Import {
  readonly file: string
  /** A file of the project, or the name of a package. */
  readonly target: string
  readonly isPackage: boolean
  readonly typeOnly: boolean
  /** By `import()`, so when it is needed. */
  readonly lazy: boolean
}

interface FolderRule {
  readonly folders: readonly string[]
  readonly packages: readonly string[]
}

const FOUNDATION = ['lib/errors', 'lib/record']
const SHARED = [...FOUNDATION, 'lib/stats', 'lib/thresholds', 'lib/kube']
const BELOW_ENGINES = [...SHARED, 'lib/prometheus', 'lib/run', 'lib/workload']
const engine: FolderRule = { folders: BELOW_ENGINES, packages: [] }

/** What each folder may import beside itself and Node's own modules. */
const RULES: Readonly<Record<string, FolderRule>> = {
  'lib/errors': { folders: [], packages: [] },
  'lib/record': { folders: ['lib/errors'], packages: ['@sinclair/typebox'] },
  'lib/stats': { folders: FOUNDATION, packages: [] },
  'lib/thresholds': { folders: [...FOUNDATION, 'lib/stats'], packages: ['yaml'] },
  'lib/kube': { folders: FOUNDATION, packages: ['ws', 'yaml'] },
  'lib/prometheus': { folders: SHARED, packages: [] },
  'lib/run': { folders: SHARED, packages: [] },
  'lib/workload': { folders: [...SHARED, 'lib/prometheus', 'lib/run'], packages: ['yaml'] },
  'lib/density': engine,
  'lib/netperf': { folders: BELOW_ENGINES, packages: ['@sinclair/typebox'] },
  'lib/cilium': { folders: BELOW_ENGINES, packages: ['yaml'] },
  'lib/ces': engine,
  'lib/maxpods': { folders: BELOW_ENGINES, packages: ['yaml'] },
  'lib/control-plane': engine,
  'lib/acceptance': { folders: BELOW_ENGINES, packages: ['@sinclair/typebox'] },
  'lib/compare': { folders: [...FOUNDATION, 'lib/stats'], packages: [] },
  'lib/report': {
    folders: [...FOUNDATION, 'lib/stats', 'lib/thresholds'],
    // esbuild makes the page's script where the program runs from its sources; binaries have it made.
    packages: ['cli-table3', 'yaml', 'uplot', 'esbuild'],
  },
}

const CMD_PACKAGES = ['yargs', 'ora', 'yaml']

const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
  cwd: ROOT,
  encoding: 'utf8',
})
  .split('\n')
  .filter((file) => file !== '')
const sources = tracked.filter((file) => /^(cmd|lib|build)\/.*\.ts$/.test(file))
const imports = sources.flatMap(importsOf)

test('the rules see the imports: all sources have some, in every form', () => {
  expect(sources.length).toBeGreaterThan(20)
  expect(imports).toContainEqual({
    file: 'cmd/argv.ts',
    target: 'yargs',
    isPackage: true,
    typeOnly: false,
    lazy: false,
  })
  expect(imports).toContainEqual({
    file: 'cmd/report-error.ts',
    target: 'cmd/command.ts',
    isPackage: false,
    typeOnly: true,
    lazy: false,
  })
  expect(imports).toContainEqual({
    file: 'cmd/version/command.ts',
    target: 'cmd/version/print-version.ts',
    isPackage: false,
    typeOnly: false,
    lazy: true,
  })
})

test('every folder of lib has its rule', () => {
  const folders = new Set(sources.filter((file) => file.startsWith('lib/')).map(folderOf))
  expect([...folders].filter((folder) => RULES[folder] === undefined)).toEqual([])
})

test('lower folders never import higher ones, engines never each other, report only what is below it', () => {
  const wrong = imports.filter(({ file, target, isPackage }) => {
    if (isPackage || !file.startsWith('lib/') || folderOf(file) === folderOf(target)) return false
    return !RULES[folderOf(file)]?.folders.includes(folderOf(target))
  })
  expect(wrong.map(describeImport)).toEqual([])
})

test('no file imports one that imports it, not even by way of others, and not for types either', () => {
  const importedBy = Map.groupBy(
    imports.filter(({ isPackage, lazy }) => !isPackage && !lazy),
    ({ file }) => file,
  )
  const isDone = new Set<string>()
  const circles: string[] = []
  const visit = (file: string, above: readonly string[]) => {
    if (above.includes(file)) circles.push([...above.slice(above.indexOf(file)), file].join(' -> '))
    if (isDone.has(file) || above.includes(file)) return
    for (const { target } of importedBy.get(file) ?? []) visit(target, [...above, file])
    isDone.add(file)
  }
  for (const file of sources) visit(file, [])
  expect(circles).toEqual([])
})

test('packages are imported only where they belong', () => {
  const wrong = imports.filter(({ file, target, isPackage }) => {
    if (!isPackage || file.startsWith('build/')) return false
    const allowed = file.startsWith('cmd/') ? CMD_PACKAGES : (RULES[folderOf(file)]?.packages ?? [])
    return !allowed.includes(target)
  })
  expect(wrong.map(describeImport)).toEqual([])
})

test('no rule allows a package that nobody needs there', () => {
  const idle = Object.entries({ ...RULES, cmd: { packages: CMD_PACKAGES } }).flatMap(([folder, { packages }]) =>
    packages
      .filter((name) => !imports.some(({ file, target }) => target === name && file.startsWith(`${folder}/`)))
      .map((name) => `${folder}: ${name}`),
  )
  expect(idle).toEqual([])
})

test('the program imports nothing from its build and its tests, the build nothing from the tests', () => {
  const wrong = imports.filter(
    ({ file, target }) => target.startsWith('test/') || (target.startsWith('build/') && !file.startsWith('build/')),
  )
  expect(wrong.map(describeImport)).toEqual([])
})

test('declarations of commands load no implementation: help and completion start with the parser alone', () => {
  const reached = new Set<string>()
  const packages = new Set<string>()
  const visit = (file: string) => {
    if (reached.has(file)) return
    reached.add(file)
    for (const { target, isPackage, typeOnly, lazy } of importsOf(file)) {
      if (typeOnly || lazy) continue
      if (isPackage) packages.add(target)
      else if (target.endsWith('.ts')) visit(target)
    }
  }
  visit('cmd/kubectl-perf.ts')
  expect([...packages]).toEqual(['yargs'])
  const heavy = /^lib\/(kube|prometheus|density|netperf|cilium|ces|maxpods|control-plane|acceptance)\//
  expect([...reached].filter((file) => heavy.test(file))).toEqual([])
})

test('only cmd touches the process', () => {
  const wrong = sources.filter((file) => {
    if (!file.startsWith('lib/')) return false
    return /from '(node:)?(process|console)'|globalThis\.(process|console)/.test(readFileSync(join(ROOT, file), 'utf8'))
  })
  expect(wrong).toEqual([])
})

test('no tracked file names a path of some machine, or the host of a package registry', () => {
  // Put together here, so that this file does not match itself.
  const paths = ['root', 'work'].map((path) => `(?<![\\w.~$}-])/${path}/`)
  const hosts = ['registry\\.npm', 'npmmirror', 'artifactory', 'goproxy', 'proxy\\.golang']
  const pattern = new RegExp([...paths, ...hosts].join('|'))
  const wrong = tracked.flatMap((file) => {
    if (file === 'test/architecture.test.ts' || file.startsWith('test/fixtures/')) return []
    const lines = readFileSync(join(ROOT, file), 'utf8').split('\n')
    return lines.flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}: ${line.trim()}`] : []))
  })
  expect(wrong).toEqual([])
})

function importsOf(file: string): readonly Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8')
  const statements = text.matchAll(
    /^(?:import|export)\s(?<clause>[^'"`;]*?)\sfrom '(?<from>[^']+)'|^import '(?<bare>[^']+)'/gm,
  )
  const expressions = text.matchAll(/(?<typeof>typeof )?import\('(?<from>[^']+)'\)/g)
  return [
    ...Array.from(statements, ({ groups = {} }) =>
      toImport(file, groups.from ?? groups.bare ?? '', (groups.clause ?? '').startsWith('type '), false),
    ),
    ...Array.from(expressions, ({ groups = {} }) =>
      toImport(file, groups.from ?? '', groups.typeof !== undefined, true),
    ),
  ].filter((found) => found !== undefined)
}

function toImport(file: string, specifier: string, typeOnly: boolean, lazy: boolean): Import | undefined {
  if (specifier.startsWith('node:')) return undefined
  const isPackage = !specifier.startsWith('.')
  const target = isPackage
    ? specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
    : normalize(relative(ROOT, join(ROOT, dirname(file), specifier)))
  return { file, target, isPackage, typeOnly, lazy }
}

function folderOf(file: string): string {
  return file.split('/', 2).join('/')
}

function describeImport({ file, target }: Import): string {
  return `${file} imports ${target}`
}
