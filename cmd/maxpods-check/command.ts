import { defineCommand } from '../command.ts'
import { interruptedExitCodes } from '../exit-code.ts'
import { maxPodsCheckOptions } from './options.ts'

export const maxPodsCheckCommand = defineCommand({
  path: ['maxpods-check'],
  group: 'Check',
  summary: 'How many pods fit on each node, and what stops more',
  description: `Adds up what each node allows and what is on it: the kubelet's maxPods and podsPerCore, the addresses that the network has for pods, the network interfaces of EC2 instances, the rules of GKE and AKS. The smallest limit is the node's maximum, and is named. Says why pods are pending, whether more pods would fit (--pods), and what to change for another maximum (--target).

Reads only, and needs no more than the right to list nodes and pods: each further permission adds facts, and what is missing is said. Only --verify creates pods, in a namespace of its own, and removes them.`,
  positionals: [{ name: 'NODE', description: 'Nodes to show, by default all', repeated: true, complete: 'nodes' }],
  options: maxPodsCheckOptions,
  examples: [
    { comment: 'All nodes, and the cluster as a whole', command: 'kubectl perf maxpods-check' },
    {
      comment: 'Would 150 more pods fit, and where? Exit code 99 if not',
      command: 'kubectl perf maxpods-check --pods 150 --cpu 100m --memory 128Mi',
    },
    { comment: 'What it takes to get 400 pods on each node', command: 'kubectl perf maxpods-check --target 400' },
    { comment: 'Prove the figure on one node', command: 'kubectl perf maxpods-check node-b --verify' },
    {
      comment: 'Fail when a worker has room for less than 10 pods',
      command: "kubectl perf maxpods-check -l node-role.kubernetes.io/worker --threshold 'node_free_pods>=10' -o junit",
    },
  ],
  exitCodes: [
    ['0', 'All was read, and every threshold holds'],
    ['99', 'The pods of --pods do not fit, --verify did not reach the maximum, or a threshold does not hold'],
    ['1', 'Something failed: a permission, the cluster, a node that is not there'],
    ['2', 'The command line is wrong; nothing was created'],
    interruptedExitCodes(', after cleaning up'),
  ],
  run: async (options, context, words) => (await import('./run.ts')).runMaxPodsCheck(options, context, words),
})
