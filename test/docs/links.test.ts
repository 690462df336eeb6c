import { glob, readFile, stat } from 'node:fs/promises'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'
import { type Document, documents, linesOf, ROOT } from './documents.ts'

const exists = (path: string) =>
  stat(join(ROOT, path)).then(
    () => true,
    () => false,
  )

/** The anchors that GitHub makes of the headings, the second of a kind with -1. */
function anchorsOf(document: Document): ReadonlySet<string> {
  const anchors = new Set<string>()
  for (const { text, isCode } of linesOf(document)) {
    const [, heading] = (!isCode && /^#+ (.*)$/.exec(text)) || []
    if (heading === undefined) continue
    const slug = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-')
    let anchor = slug
    for (let count = 1; anchors.has(anchor); count++) anchor = `${slug}-${count}`
    anchors.add(anchor)
  }
  return anchors
}

test('every link within the documents leads somewhere', async () => {
  const all = await documents()
  const anchors = new Map(all.map((document) => [document.path, anchorsOf(document)]))
  const broken: string[] = []
  let links = 0
  for (const document of all) {
    for (const { text, number, isCode } of linesOf(document)) {
      if (isCode) continue
      for (const [, target = ''] of text.replace(/`[^`]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)) {
        if (/^https?:/.test(target)) continue
        links++
        const [file = '', anchor] = target.split('#')
        const path = file === '' ? document.path : normalize(join(dirname(document.path), file))
        const leads = await exists(path)
        if (!leads || (anchor !== undefined && anchors.get(path)?.has(anchor) !== true)) {
          broken.push(`${document.path}:${number}: ${target}`)
        }
      }
    }
  }
  expect(broken).toEqual([])
  expect(links).toBeGreaterThan(50)
})

test('every file of docs/ that a message or a manifest names is there', async () => {
  const missing: string[] = []
  for (const pattern of ['cmd/**/*.ts', 'lib/**/*.ts', 'docs/**/*.yaml']) {
    for await (const source of glob(pattern, { cwd: ROOT })) {
      const text = await readFile(join(ROOT, source), 'utf8')
      for (const [path] of text.matchAll(/docs\/[\w./-]*\.(?:md|yaml|json)/g)) {
        if (!(await exists(path))) missing.push(`${source}: ${path}`)
      }
    }
  }
  expect(missing).toEqual([])
})

test('every role of docs/rbac is given to a user in a test', async () => {
  const tests: string[] = []
  for await (const path of glob('test/**/*.test.ts', { cwd: ROOT }))
    tests.push(await readFile(join(ROOT, path), 'utf8'))
  const untested: string[] = []
  for await (const path of glob('docs/rbac/*.yaml', { cwd: ROOT })) {
    const name = path.replace(/^.*\//, '').replace('.yaml', '')
    // By its whole name, or in a list of names.
    if (!tests.some((text) => text.includes(`rbac/${name}.yaml`) || text.includes(`'${name}.yaml'`)))
      untested.push(name)
  }
  expect(untested).toEqual([])
})

test('every page of docs/ is linked from another', async () => {
  const all = await documents()
  const linked = new Set<string>()
  for (const { path, lines } of all) {
    for (const [, target = ''] of lines.join('\n').matchAll(/\]\(([^)#\s]+)/g)) {
      linked.add(normalize(join(dirname(path), target)))
    }
  }
  expect(all.map(({ path }) => path).filter((path) => path.startsWith('docs/') && !linked.has(path))).toEqual([])
})
