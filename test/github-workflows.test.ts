import { access, readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { parseDocument } from 'yaml'
import { archiveName } from '../build/archives/archive-name.ts'
import { executableName, targets } from '../build/executables/targets.ts'
import packageJson from '../package.json' with { type: 'json' }

// What can be known of the workflows without GitHub.

interface Step {
  readonly uses?: string
  readonly run?: string
}
interface Job {
  readonly 'runs-on': string
  readonly 'timeout-minutes': number
  readonly needs?: string | readonly string[]
  readonly steps: readonly Step[]
  readonly strategy?: { readonly matrix: { readonly include: readonly Readonly<Record<string, string>>[] } }
}
interface Workflow {
  readonly permissions: Readonly<Record<string, string>>
  readonly jobs: Readonly<Record<string, Job>>
}

const folder = new URL('../.github/workflows/', import.meta.url)
const files = await readdir(folder)
const texts = new Map(
  await Promise.all(
    files.map(async (file): Promise<[string, string]> => [file, await readFile(new URL(file, folder), 'utf8')]),
  ),
)
const workflow = (file: string) => parseDocument(texts.get(file) ?? '').toJS() as Workflow
const steps = (file: string) => Object.values(workflow(file).jobs).flatMap(({ steps }) => steps)

test('there is one for changes and one for releases', () => {
  expect(files.sort()).toEqual(['ci.yml', 'release.yml'])
})

test.each(files)('%s is YAML without an error, and may only read unless a job says more', (file) => {
  const document = parseDocument(texts.get(file) ?? '', { strict: true, uniqueKeys: true })
  expect([...document.errors, ...document.warnings]).toEqual([])
  expect(workflow(file).permissions).toEqual({ contents: 'read' })
})

test.each(files)('%s names each action with an unchangeable version, or one that is complete', (file) => {
  const actions = [...(texts.get(file) ?? '').matchAll(/uses: (\S+)(?: # (\S+))?$/gm)]
  expect(actions).toHaveLength(steps(file).filter(({ uses }) => uses !== undefined).length)
  for (const [line, action = '', version] of actions) {
    const [, tag = ''] = action.split('@')
    if (/^[0-9a-f]{40}$/.test(tag)) expect(version, line).toMatch(/^v\d+\.\d+\.\d+$/)
    else expect(tag, line).toMatch(/^v\d+\.\d+\.\d+$/)
  }
})

test.each(files)('%s has no secret', (file) => {
  expect(texts.get(file)).not.toMatch(/secrets\s*[.[]|password|private.key/i)
})

test.each(files)('%s runs scripts and files that there are', async (file) => {
  const scripts: Readonly<Record<string, string>> = packageJson.scripts
  const commands = steps(file).flatMap(({ run }) => run ?? [])
  const named = commands.flatMap((command) =>
    [...command.matchAll(/npm (?:run )?([a-z][\w:-]*)/g)].map(([, name]) => name),
  )
  for (const name of named) expect(Object.keys(scripts), name).toContain(name)
  for (const [path] of commands.join('\n').matchAll(/(?<= )\.ci\/\w+/g)) {
    await access(new URL(`../${path}`, import.meta.url))
  }
  const hashed = [...(texts.get(file) ?? '').matchAll(/hashFiles\('([^'*]+)/g)].map(([, path]) => path ?? '')
  for (const path of hashed) await access(new URL(`../${path}`, import.meta.url))
})

test.each(files)('%s gives every job an end, and waits only for jobs that there are', (file) => {
  const { jobs } = workflow(file)
  for (const [name, job] of Object.entries(jobs)) {
    expect(job['timeout-minutes'], name).toBeGreaterThan(0)
    expect(job['runs-on'], name).not.toMatch(/-latest/)
    for (const needed of [job.needs ?? []].flat()) expect(Object.keys(jobs)).toContain(needed)
  }
})

test('a release is made of what npm run package makes, tried on each platform, published, then told to krew', () => {
  const { jobs } = workflow('release.yml')
  expect(Object.entries(jobs).map(([name, { needs }]) => [name, needs])).toEqual([
    ['build', undefined],
    ['try', 'build'],
    ['publish', 'try'],
    ['krew', 'publish'],
  ])
  expect(jobs.build?.steps.some(({ run }) => run?.includes('npm run package'))).toBe(true)
  expect(jobs.try?.strategy?.matrix.include.map(({ archive, program }) => [archive, program])).toEqual(
    targets.map((target) => [archiveName(target), `./${executableName(target)}`]),
  )
  expect(jobs.krew?.steps.some(({ uses }) => uses?.startsWith('rajatjindal/krew-release-bot@'))).toBe(true)
})
