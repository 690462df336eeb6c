import { expect, test } from 'vitest'
import { commands } from '../../cmd/commands.ts'
import { run } from '../../cmd/root.ts'
import { fakeContext } from '../cmd/fake-context.ts'
import { commandLinesOf } from './command-lines.ts'
import { documents } from './documents.ts'

// The real tables of options, in commands that do nothing.
const idle = commands.map((command) => ({ ...command, run: async () => 0 }))

test('every command line of the documents is one that the program takes', async () => {
  const lines = (await documents()).flatMap(commandLinesOf)
  expect(lines.length).toBeGreaterThan(100)
  const refused: string[] = []
  for (const { place, argv } of lines) {
    const { context, stderr } = fakeContext()
    if ((await run(argv, context, idle)) !== 0) refused.push(`${place}: ${argv.join(' ')}: ${stderr().split('\n')[0]}`)
  }
  expect(refused).toEqual([])
})

test('every example of the help is one that the program takes', async () => {
  const refused: string[] = []
  for (const { examples } of commands) {
    const lines = ['```', ...examples.map(({ command }) => command), '```']
    for (const { argv } of commandLinesOf({ path: 'help', lines })) {
      const { context, stderr } = fakeContext()
      if ((await run(argv, context, idle)) !== 0) refused.push(`${argv.join(' ')}: ${stderr().split('\n')[0]}`)
    }
  }
  expect(refused).toEqual([])
})

test('a shell that gets a command line of the documents hands all of its words on', async () => {
  const lines = (await documents()).flatMap(commandLinesOf)
  expect(lines.filter(({ unquoted }) => unquoted !== undefined)).toEqual([])
  const wrong = { path: 'a.md', lines: ['```', "kubectl perf density --threshold a<1 --threshold 'b<1' > file", '```'] }
  expect(commandLinesOf(wrong)).toMatchObject([{ unquoted: 'a<1' }])
})

test('command lines are found in code, in text with flags, and over several lines', () => {
  const lines = [
    'See `kubectl perf density` and `kubectl perf density --qps 5`.',
    '```sh',
    '$ kubectl perf netperf --ratio 4:1 \\',
    "  --threshold 'a<1' | head   # a comment",
    'kubectl perf COMMAND [options]',
    'kubectl perf control-plane [--window 1m]',
    'source <(kubectl perf completion bash)',
    'cat x | kubectl perf cilium lint -f - > out',
    '```',
  ]
  expect(commandLinesOf({ path: 'a.md', lines })).toEqual([
    { place: 'a.md:1', argv: ['density', '--qps', '5'] },
    { place: 'a.md:3', argv: ['netperf', '--ratio', '4:1', '--threshold', 'a<1'] },
    { place: 'a.md:7', argv: ['completion', 'bash'] },
    { place: 'a.md:8', argv: ['cilium', 'lint', '-f', '-'] },
  ])
})
