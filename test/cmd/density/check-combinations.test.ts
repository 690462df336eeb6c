import { expect, test } from 'vitest'
import { run } from '../../../cmd/root.ts'
import { fakeContext } from '../fake-context.ts'

async function faultOf(...argv: string[]): Promise<string> {
  const fake = fakeContext()
  // No cluster is asked: these are found before.
  expect(await run(['density', '--dry-run=client', ...argv], fake.context)).toBe(2)
  return fake.stderr().split('\n')[0] ?? ''
}

test.each([
  [['--workload', 'deployments', '--pods', '5'], '--pods is for the workload pods: deployments takes no notice of it'],
  [
    ['--replicas', '5'],
    '--replicas is for the workload deployments or cluster or template: pods takes no notice of it',
  ],
  [
    ['--workload', 'api-load', '--image', 'x'],
    '--image is for the workload pods or deployments or cluster or node: api-load takes no notice of it',
  ],
  [
    ['--workload', 'node', '--churn', '5'],
    '--churn is for the workload pods or deployments: node takes no notice of it',
  ],
  [['--scale-to', '0'], '--scale-to is for the workload deployments: pods takes no notice of it'],
  [['--list-qps', '5'], '--list-qps is for the workload api-load: pods takes no notice of it'],
  [['--churn-cycles', '2'], '--churn-cycles and --churn-delay need --churn PERCENT'],
  [['--churn-delay', '1s'], '--churn-cycles and --churn-delay need --churn PERCENT'],
  [['--user-data', 'x.yml'], '--user-data needs -f: it has the variables of that file'],
  [['--workload', 'template'], '--workload template and --template FILE go together'],
  [['--template', 'x.yml'], '--workload template and --template FILE go together'],
  [['--workload', 'deployments', '--churn', '5', '--scale-to', '3'], '--churn and --scale-to exclude each other'],
  [['--repeat', '2', '--keep'], '--repeat needs the objects of each run gone: it does not go with --keep'],
  [
    ['--workload', 'template', '--template', 'x.yml', '--node-selector', 'a=b'],
    '--node-selector is for the workload pods or deployments or cluster or node: template takes no notice of it',
  ],
  [
    ['--workload', 'api-load', '--toleration', 'all'],
    '--toleration is for the workload pods or deployments or cluster or node: api-load takes no notice of it',
  ],
  [
    ['--workload', 'api-load', '--pending-grace', '31s'],
    '--pending-grace is for the workload pods or deployments or cluster or node or template: api-load takes no notice of it',
  ],
  [
    ['--workload', 'node', '--iterations', '5'],
    '--iterations is for the workload pods or deployments or api-load or cluster or template: node takes no notice of it',
  ],
  [
    ['--workload', 'node', '--namespaces', 'per-iteration'],
    'the workload node has no iterations to make namespaces for',
  ],
  [['--output-dir', ''], 'invalid argument "" for "--output-dir" flag: must not be empty'],
  [['--iterations', '10000'], 'the rates and pauses of phase create take 8m20s, more than --timeout 5m'],
  [
    ['--workload', 'api-load', '--iterations', '1', '--list-qps', '0.01'],
    'the rates and pauses of phase list take 15m, more than --timeout 5m',
  ],
  [
    ['--churn', '10', '--churn-cycles', '3', '--churn-delay', '2m'],
    'the rates and pauses of phase churn take 6m1s, more than --timeout 5m',
  ],
])('%j', async (argv, fault) => {
  expect(await faultOf(...argv)).toBe(`error: ${fault}`)
})

test('what a configuration says itself is not taken from the command line', async () => {
  expect(await faultOf('-f', 'kb.yml', '--qps', '100', '--iterations', '4', '--toleration', 'all')).toBe(
    'error: the jobs of kb.yml are the load: --iterations, --qps, --toleration cannot go with them',
  )
  expect(await faultOf('-f', 'kb.yml', '--namespace', 'team-a')).toBe(
    'error: kb.yml names its namespaces itself: --namespace team-a cannot go with it',
  )
  // A value that it has by itself changes nothing.
  expect(await faultOf('-f', 'kb.yml', '--qps', '20')).toContain('cannot read file "kb.yml"')
})

test('what a load takes at its rate may take all of the time-out', async () => {
  const fake = fakeContext()
  const argv = ['density', '--dry-run=client', '--qps', '10', '--timeout', '10s', '--iterations']
  // The first pod is sent at once, the last one ten seconds later.
  expect(await run([...argv, '101'], fake.context), fake.stderr()).toBe(0)
  expect(await run([...argv, '102'], fake.context)).toBe(2)
})
