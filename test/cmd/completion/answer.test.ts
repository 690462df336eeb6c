import { expect, test } from 'vitest'
import { commands } from '../../../cmd/commands.ts'
import { answerCompletion, type LiveHint } from '../../../cmd/completion/answer.ts'
import { run } from '../../../cmd/root.ts'
import { fakeContext } from '../fake-context.ts'

// What kubectl reads: candidates with descriptions, and the directive in the last line.

const answer = (...words: string[]) => answerCompletion(words, commands, undefined)
const lines = async (...words: string[]) => (await answer(...words))?.trimEnd().split('\n')

test('a command: no files, in our order', async () => {
  expect(await lines('maxp')).toEqual(['maxpods-check\tHow many pods fit on each node, and what stops more', ':36'])
  expect(await lines('nothing', '')).toEqual([':4'])
})

test('the values of a flag, alone and behind =', async () => {
  const formats = ['junit', ':36']
  expect(await lines('density', '-o', 'ju')).toEqual(formats)
  expect(await lines('density', '-oju')).toEqual([':4'])
  expect(await lines('density', '--output=ju')).toEqual(formats)
  expect(await lines('density', '-o=ju')).toEqual(formats)
})

test('files, directories, and nothing for a number', async () => {
  expect(await lines('cilium', 'lint', '-f', '')).toEqual([':0'])
  expect(await lines('density', '--output-dir', '')).toEqual([':16'])
  expect(await lines('density', '--iterations', '')).toEqual([':4'])
  expect(await lines('compare', '')).toEqual([':0'])
})

test('a list takes a comma, so no space follows', async () => {
  expect(await lines('netperf', '--path', 'pod,ser')).toEqual(['pod,service', ':38'])
})

test('thresholds begin with a metric, then comes a statistic', async () => {
  expect(await lines('density', '--threshold', 'pod_ready_l')).toEqual([
    'pod_ready_latency\tCreate request sent to the pod being Ready',
    ':38',
  ])
  expect(await lines('density', '--threshold', 'pod_ready_latency.p99')).toEqual([
    'pod_ready_latency.p99',
    'pod_ready_latency.p999',
    ':38',
  ])
  expect(await lines('density', '--threshold', 'api_requests{verb=create}.m')).toEqual([
    'api_requests{verb=create}.min',
    'api_requests{verb=create}.mean',
    'api_requests{verb=create}.max',
    ':38',
  ])
})

test('names are asked for once what they are is known, and not before', async () => {
  expect(await answer('density', '--context', 'a')).toBeUndefined()
  const asked: LiveHint[] = []
  const find = async (hint: LiveHint) => {
    asked.push(hint)
    return ['node-a', 'node-b', 'other'].map((value) => ({ value, description: '' }))
  }
  expect(await answerCompletion(['maxpods-check', 'node-a', 'no'], commands, find)).toBe('node-a\nnode-b\n:36\n')
  expect(await answerCompletion(['cilium', 'maps', '--node', 'node-a,'], commands, find)).toBe(
    'node-a,node-b\nnode-a,other\n:38\n',
  )
  await answerCompletion(['density', '-n', ''], commands, find)
  expect(asked).toEqual(['nodes', 'nodes', 'namespaces'])
})

test('a cluster that cannot be reached gives no names and no word', async () => {
  for (const words of [
    ['density', '-n', ''],
    ['density', '--kubeconfig', '/nonexistent', '--context', ''],
    ['density', '--connections', 'x', '-n', ''],
    ['cleanup', '--run', ''],
  ]) {
    const { context, stdout, stderr } = fakeContext()
    expect(await run(['__complete', ...words], context)).toBe(0)
    expect([stdout(), stderr()]).toEqual([words[0] === 'cleanup' ? ':6\n' : ':4\n', ''])
  }
})

test('contexts, clusters and users come from the kubeconfig that the line names', async () => {
  const { mkdtemp, rm, writeFile } = await import('node:fs/promises')
  const folder = await mkdtemp('/tmp/completion-')
  try {
    const file = `${folder}/config`
    await writeFile(
      file,
      'contexts: [{name: b-context}, {name: a-context}]\nclusters: [{name: one}]\nusers: [{name: "admin@one"}]\n',
    )
    for (const [flag, names] of [
      ['--context', 'a-context\nb-context\n:36\n'],
      ['--cluster', 'one\n:36\n'],
      ['--user', 'admin@one\n:36\n'],
    ] as const) {
      const { context, stdout } = fakeContext()
      await run(['__complete', 'density', '--kubeconfig', file, flag, ''], context)
      expect(stdout()).toBe(names)
    }
  } finally {
    await rm(folder, { recursive: true })
  }
})
