import { inGroup, type OptionValues } from '../option-table.ts'
import type { KubectlValues } from '../shared-options.ts'

/** Which Cilium agents a command asks, and how long it waits for one. */
export const agentOptions = inGroup('Agent options', {
  node: {
    kind: 'text',
    valueName: 'NAME',
    list: 'separated',
    description: 'Only the agent of this node. This flag can be repeated',
    complete: 'nodes',
  },
  selector: {
    kind: 'text',
    alias: 'l',
    valueName: 'SELECTOR',
    description: 'Only agents of nodes with these labels, as kubectl get nodes -l takes them',
  },
  'agent-selector': {
    kind: 'text',
    valueName: 'SELECTOR',
    description:
      "Labels of the agents' pods, where they are neither those of Cilium's charts nor found by what runs in them",
  },
  'agent-container': {
    kind: 'text',
    valueName: 'NAME',
    description: 'Container of those pods that the agent runs in (default cilium-agent)',
  },
  timeout: {
    kind: 'duration',
    valueName: 'DURATION',
    default: '30s',
    min: 2000,
    description: 'The length of time to wait for one agent before going on without it',
  },
})

export type AgentOptions = OptionValues<typeof agentOptions> & Pick<KubectlValues, 'namespace'>
