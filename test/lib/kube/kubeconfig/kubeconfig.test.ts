import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { loadKubeconfig, mergeKubeconfigs } from '../../../../lib/kube/kubeconfig/kubeconfig.ts'
import { type ContextEntry, type Kubeconfig, parseKubeconfig } from '../../../../lib/kube/kubeconfig/kubeconfig-file.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubectl-perf-kubeconfig-'))
})
afterAll(() => rm(folder, { recursive: true }))

async function file(name: string, text: string): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, text)
  return path
}

const environment = (variables: Record<string, string> = {}, homeDirectory = folder) => ({
  variables,
  homeDirectory,
  workingDirectory: folder,
})

const config = (current: string, name: string, server: string) =>
  `current-context: "${current}"\nclusters: [{name: ${name}, cluster: {server: "${server}"}}]\n`

test('KUBECONFIG is a list: missing files count for nothing, the first to name something wins', async () => {
  const one = await file('one', config('', 'a', 'https://first'))
  const two = await file('two', `${config('two', 'a', 'https://second')}users: [{name: u, user: {token: t}}]\n`)
  const three = await file('three', config('three', 'b', 'https://third'))
  const listed = ['', one, join(folder, 'missing'), two, three, one].join(delimiter)
  const merged = await loadKubeconfig({}, environment({ KUBECONFIG: listed }))
  expect([...merged.clusters].map(([name, { server }]) => `${name} ${server}`)).toEqual([
    'a https://first',
    'b https://third',
  ])
  expect(merged.users.get('u')?.token).toBe('t')
  expect(merged.currentContext).toBe('two')
})

test('an entry comes from one file alone, also where a later one would complete it', async () => {
  const one = await file('part', 'users: [{name: u, user: {username: writer}}]\n')
  const two = await file('rest', 'users: [{name: u, user: {password: secret}}]\n')
  const merged = await loadKubeconfig({}, environment({ KUBECONFIG: [one, two].join(delimiter) }))
  expect(merged.users.get('u')).toMatchObject({ username: 'writer', password: '' })
})

test('without KUBECONFIG it is ~/.kube/config, which may be missing', async () => {
  expect((await loadKubeconfig({}, environment())).clusters.size).toBe(0)
  await mkdir(join(folder, '.kube'))
  await file('.kube/config', config('home', 'h', 'https://home'))
  expect((await loadKubeconfig({}, environment({ KUBECONFIG: '' }))).currentContext).toBe('home')
})

test('--kubeconfig stands alone, is relative to the working directory, and must exist', async () => {
  const other = await file('other', config('other', 'o', 'https://other'))
  await file('flag', config('', 'f', 'https://flag'))
  const merged = await loadKubeconfig({ kubeconfig: 'flag' }, environment({ KUBECONFIG: other }))
  expect([[...merged.clusters.keys()], merged.currentContext]).toEqual([['f'], ''])
  await expect(loadKubeconfig({ kubeconfig: 'none' }, environment())).rejects.toThrow(
    'error: stat none: no such file or directory',
  )
})

test('every file that makes no sense is named, each with its line', async () => {
  const bad = await file('bad', 'clusters: [\n')
  const worse = await file('worse', 'clusters: 7\n')
  await expect(loadKubeconfig({}, environment({ KUBECONFIG: [bad, worse].join(delimiter) }))).rejects.toThrow(
    new RegExp(
      `^error: error loading config file "${bad}": yaml: line 1: .+\nerror: error loading config file "${worse}": cannot unmarshal number`,
    ),
  )
  await expect(loadKubeconfig({ kubeconfig: folder }, environment())).rejects.toThrow(
    `error: error loading config file "${folder}": read ${folder}: is a directory`,
  )
})

const names = fc.constantFrom('a', 'b', 'c', 'd')
const files = fc.array(
  fc.record({
    contexts: fc.dictionary(names, fc.record({ cluster: fc.string(), user: fc.string(), namespace: fc.string() })),
    currentContext: fc.constantFrom('', 'a', 'b'),
  }),
  { maxLength: 5 },
)
const kubeconfig = (contexts: Record<string, ContextEntry>, currentContext: string): Kubeconfig => ({
  clusters: new Map(),
  users: new Map(),
  contexts: new Map(Object.entries(contexts)),
  currentContext,
})

test('merging: each name has the value of the first file that has it, and nothing else is there', () => {
  fc.assert(
    fc.property(files, (generated) => {
      const merged = mergeKubeconfigs(generated.map((item) => kubeconfig(item.contexts, item.currentContext)))
      const all = new Set(generated.flatMap((item) => Object.keys(item.contexts)))
      expect(new Set(merged.contexts.keys())).toEqual(all)
      for (const name of all) {
        const first = generated.find((item) => Object.hasOwn(item.contexts, name))
        expect(merged.contexts.get(name)).toEqual(first?.contexts[name])
      }
      const current = generated.map((item) => item.currentContext).filter((name) => name !== '')
      expect(merged.currentContext).toBe(current[0] ?? '')
    }),
  )
})

test('merging in steps is the same as merging at once', () => {
  fc.assert(
    fc.property(files, fc.nat(5), (generated, cut) => {
      const all = generated.map((item) => kubeconfig(item.contexts, item.currentContext))
      const stepwise = mergeKubeconfigs([mergeKubeconfigs(all.slice(0, cut)), mergeKubeconfigs(all.slice(cut))])
      expect(stepwise).toEqual(mergeKubeconfigs(all))
    }),
  )
})

test('what is written as YAML or JSON is read back', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string(), fc.record({ server: fc.string(), 'proxy-url': fc.string() })),
      (clusters) => {
        const text = JSON.stringify({
          clusters: Object.entries(clusters).map(([name, cluster]) => ({ name, cluster })),
        })
        const parsed = parseKubeconfig(text, '/x')
        expect([...parsed.clusters].map(([name, entry]) => [name, entry.server, entry.proxyUrl])).toEqual(
          Object.entries(clusters).map(([name, cluster]) => [name, cluster.server, cluster['proxy-url']]),
        )
      },
    ),
  )
})
