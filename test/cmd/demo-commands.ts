import { type Command, defineCommand } from '../../cmd/command.ts'
import { runExitCodes } from '../../cmd/exit-code.ts'
import { connectionOptions, messageOptions } from '../../cmd/shared-options.ts'

/** What `run` was called with, in order. */
export interface Call {
  readonly options: Readonly<Record<string, unknown>>
  readonly words: readonly string[]
}

interface DemoCommands {
  readonly commands: readonly Command[]
  readonly calls: readonly Call[]
}

/** Commands with every kind of option, for tests of the root; `work` is what the first one does. */
export function demoCommands(work: () => Promise<number> = async () => 0): DemoCommands {
  const calls: Call[] = []
  const density = defineCommand({
    path: ['density'],
    group: 'Measure',
    summary: 'Create pods and measure how fast they get ready',
    description:
      'Every pod is measured from the moment its creation is asked for.\n\nEverything is removed afterwards.',
    options: {
      ...connectionOptions,
      ...messageOptions,
      iterations: {
        kind: 'integer',
        default: 10,
        min: 1,
        max: 1000,
        valueName: 'N',
        description: 'How often to create the pods',
      },
      qps: { kind: 'number', default: 20, min: 0, description: 'Objects to create per second, 0 for no limit' },
      timeout: { kind: 'duration', default: '5m', min: 1, description: 'How long to wait' },
      memory: { kind: 'quantity', description: 'Memory request of each pod' },
      image: {
        kind: 'text',
        default: 'pause',
        check: (value) => (value === '' ? 'must not be empty' : undefined),
        description: 'Image of the pods',
      },
      threshold: { kind: 'text', list: 'repeated', description: 'Fail unless this holds' },
      protocol: {
        kind: 'choice',
        list: 'separated',
        choices: ['tcp', 'udp', 'http'],
        description: 'Protocols to measure',
      },
      keep: { kind: 'boolean', description: 'Leave the pods' },
      'output-dir': {
        kind: 'text',
        environment: 'PERF_OUTPUT_DIR',
        complete: 'directories',
        description: 'Where the files go',
      },
    },
    examples: [
      { comment: 'Fifty pods', command: 'kubectl perf density --iterations 50' },
      { comment: 'As fast as the API server takes them', command: 'kubectl perf density --qps 0' },
    ],
    exitCodes: runExitCodes,
    run: async (options, _context, words) => {
      calls.push({ options, words })
      return work()
    },
  })
  const maps = defineCommand({
    path: ['cilium', 'maps'],
    group: 'Cilium',
    summary: 'Show how full the eBPF maps are',
    options: {},
    examples: [],
    run: async () => 0,
  })
  const lint = defineCommand({
    path: ['cilium', 'lint'],
    group: 'Cilium',
    summary: 'Check Helm values',
    positionals: [
      { name: 'VERSION', description: 'Version of Cilium', required: true, choices: ['1.14', '1.15'] },
      { name: 'FILE', description: 'Values file', repeated: true },
    ],
    options: {},
    examples: [],
    run: async (options, _context, words) => {
      calls.push({ options, words })
      return 0
    },
  })
  return { commands: [density, maps, lint], calls }
}
