import { expect, test } from 'vitest'
import { run } from '../../cmd/root.ts'
import { Interruption } from '../../cmd/signals.ts'
import { PerfError } from '../../lib/errors/perf-error.ts'
import { demoCommands } from './demo-commands.ts'
import { fakeContext } from './fake-context.ts'

async function runDemo(
  argv: string,
  circumstances: Parameters<typeof fakeContext>[0] = {},
  work?: () => Promise<number>,
) {
  const { context, stdout, stderr } = fakeContext(circumstances)
  const { commands, calls } = demoCommands(work)
  const exitCode = await run(argv === '' ? [] : argv.split(' '), context, commands)
  return { exitCode, stdout: stdout(), stderr: stderr(), calls }
}

const usageError = (line: string, path = ' density') => ({
  exitCode: 2,
  stdout: '',
  stderr: `error: ${line}\nSee 'kubectl perf${path} --help' for usage.\n`,
  calls: [],
})

test('alone, with --help, -h or help it lists the commands', async () => {
  const { stdout, ...rest } = await runDemo('')
  expect(rest).toEqual({ exitCode: 0, stderr: '', calls: [] })
  expect(stdout).toMatchInlineSnapshot(`
    "kubectl perf measures a Kubernetes cluster: is it fast, and if not, where is it
    slow, and why.

    Measure commands:
      density       Create pods and measure how fast they get ready

    Cilium commands:
      cilium maps   Show how full the eBPF maps are
      cilium lint   Check Helm values

    Examples:
      # Fifty pods
      kubectl perf density --iterations 50

    Exit codes:
      0               All was measured and every threshold holds
      99              A threshold does not hold
      1               Something is missing or broken: a figure, a pod that did not
                      get ready, a permission, the cluster
      2               The command line is wrong; nothing was created
      129, 130, 143   Interrupted by SIGHUP, SIGINT or SIGTERM, after cleaning up

    Usage:
      kubectl perf COMMAND [options]

    Use "kubectl perf COMMAND --help" for more information about a given command.
    "
  `)
  for (const argv of ['--help', '-h', 'help']) expect((await runDemo(argv)).stdout).toBe(stdout)
})

test('a group of commands lists what is below it', async () => {
  expect((await runDemo('cilium')).stdout).toMatchInlineSnapshot(`
    "kubectl perf cilium has these commands.

    Cilium commands:
      maps   Show how full the eBPF maps are
      lint   Check Helm values

    Usage:
      kubectl perf cilium COMMAND [options]

    Use "kubectl perf cilium COMMAND --help" for more information about a given
    command.
    "
  `)
})

test('the help of a command shows examples, options by group, exit codes and usage', async () => {
  const { stdout, exitCode } = await runDemo('density --help')
  expect(exitCode).toBe(0)
  expect(stdout).toMatchInlineSnapshot(`
    "Create pods and measure how fast they get ready.

     Every pod is measured from the moment its creation is asked for.

     Everything is removed afterwards.

    Examples:
      # Fifty pods
      kubectl perf density --iterations 50

      # As fast as the API server takes them
      kubectl perf density --qps 0

    Options:
        --iterations=10:
            How often to create the pods.

        --qps=20:
            Objects to create per second, 0 for no limit.

        --timeout=5m:
            How long to wait.

        --memory='':
            Memory request of each pod.

        --image=pause:
            Image of the pods.

        --threshold=[]:
            Fail unless this holds.

        --protocol=[]:
            Protocols to measure. One of: (tcp, udp, http).

        --keep=false:
            Leave the pods.

        --output-dir='':
            Where the files go. Can also be set by the environment variable
            PERF_OUTPUT_DIR.

    Connection options:
        --kubeconfig='':
            Path to the kubeconfig file to use for CLI requests.

        --context='':
            The name of the kubeconfig context to use.

        --cluster='':
            The name of the kubeconfig cluster to use.

        --user='':
            The name of the kubeconfig user to use.

        -n, --namespace='':
            If present, the namespace scope for this CLI request.

        -s, --server='':
            The address and port of the Kubernetes API server.

        --token='':
            Bearer token for authentication to the API server.

        --as='':
            Username to impersonate for the operation. User could be a regular user
            or a service account in a namespace.

        --as-group=[]:
            Group to impersonate for the operation, this flag can be repeated to
            specify multiple groups.

        --as-uid='':
            UID to impersonate for the operation.

        --certificate-authority='':
            Path to a cert file for the certificate authority.

        --client-certificate='':
            Path to a client certificate file for TLS.

        --client-key='':
            Path to a client key file for TLS.

        --tls-server-name='':
            Server name to use for server certificate validation. If it is not
            provided, the hostname used to contact the server is used.

        --insecure-skip-tls-verify=false:
            If true, the server's certificate will not be checked for validity. This
            will make your HTTPS connections insecure.

        --request-timeout=30s:
            The length of time to wait before giving up on a single server request.
            Non-zero values should contain a corresponding time unit (e.g. 1s, 2m,
            3h). A value of zero means don't timeout requests.

        --connections=3:
            Connections to the API server to share among requests; watches and
            metrics have one more each. Several API servers behind a load balancer
            need more.

    Output options:
        --color=auto:
            When to use colors; auto: on a terminal, unless NO_COLOR is set. One of:
            (auto, always, never).

        -q, --quiet=false:
            Print no progress and no notes, only the result and errors.

        -v=0:
            Number for the log level verbosity; from 1 on an unexpected error shows
            where it arose.

    Exit codes:
      0               All was measured and every threshold holds
      99              A threshold does not hold
      1               Something is missing or broken: a figure, a pod that did not
                      get ready, a permission, the cluster
      2               The command line is wrong; nothing was created
      129, 130, 143   Interrupted by SIGHUP, SIGINT or SIGTERM, after cleaning up

    Usage:
      kubectl perf density [options]
    "
  `)
  for (const argv of ['help density', '-h density', 'density --iterations x -h', 'density --bogus --help']) {
    expect((await runDemo(argv)).stdout).toBe(stdout)
  }
})

test('help is wrapped to the terminal, between 40 and 100 columns', async () => {
  const { stdout: narrow } = await runDemo('cilium lint --help', { isTTY: true, columns: 20 })
  expect(narrow).toMatchInlineSnapshot(`
    "Check Helm values.

    Arguments:
      VERSION   Version of Cilium.
      FILE      Values file.

    Exit codes:
      0   Done
      1   Something failed
      2   The command line is wrong

    Usage:
      kubectl perf cilium lint VERSION [FILE...] [options]
    "
  `)
  const longest = async (columns: number) =>
    Math.max(
      ...(await runDemo('density --help', { isTTY: true, columns })).stdout.split('\n').map((line) => line.length),
    )
  expect(await longest(60)).toBeLessThanOrEqual(60)
  expect(await longest(300)).toBeLessThanOrEqual(100)
})

test('the version', async () => {
  expect(await runDemo('--version')).toMatchObject({ exitCode: 0, stdout: 'kubectl-perf v1.2.3\n', stderr: '' })
})

test('options reach the command as values of their kind, defaults included', async () => {
  const { exitCode, calls } = await runDemo(
    'density --qps 0.5 --timeout=1m30s --memory 10Mi --threshold a<1,b --threshold c --protocol tcp,udp --protocol http --keep -n kube-system -v2',
  )
  expect(exitCode).toBe(0)
  expect(calls).toEqual([
    {
      words: [],
      options: {
        asGroup: [],
        color: 'auto',
        connections: 3,
        image: 'pause',
        insecureSkipTlsVerify: false,
        iterations: 10,
        keep: true,
        memory: 10_485_760,
        namespace: 'kube-system',
        protocol: ['tcp', 'udp', 'http'],
        qps: 0.5,
        quiet: false,
        requestTimeout: 30_000,
        threshold: ['a<1,b', 'c'],
        timeout: 90_000,
        v: 2,
      },
    },
  ])
})

test('flags may stand before the command, and the last one of a kind counts', async () => {
  const { calls } = await runDemo('--context density --qps 1 density --qps 2')
  expect(calls).toMatchObject([{ words: [], options: { context: 'density', qps: 2 } }])
})

test('the environment stands in for a flag that is absent, unless it is empty', async () => {
  const options = async (argv: string, value: string) =>
    (await runDemo(argv, { environment: { PERF_OUTPUT_DIR: value } })).calls[0]?.options.outputDir
  expect(await options('density', '/tmp/a')).toBe('/tmp/a')
  expect(await options('density --output-dir /tmp/b', '/tmp/a')).toBe('/tmp/b')
  expect(await options('density', '')).toBeUndefined()
})

test('words reach the command', async () => {
  expect((await runDemo('cilium lint 1.15 a.yaml b.yaml')).calls).toEqual([
    { options: {}, words: ['1.15', 'a.yaml', 'b.yaml'] },
  ])
})

test.each([
  ['densty', 'unknown command "densty" for "kubectl perf"; did you mean "density"?', ''],
  ['xyz', 'unknown command "xyz" for "kubectl perf"', ''],
  ['cilium mpas', 'unknown command "mpas" for "kubectl perf cilium"; did you mean "maps"?', ' cilium'],
  ['--bogus', 'unknown flag: --bogus', ''],
  ['density --iteratons 5', 'unknown flag: --iteratons; did you mean --iterations?'],
  ['density --constructor', 'unknown flag: --constructor'],
  ['density -x', "unknown shorthand flag: 'x' in -x"],
  ['density -qx', "unknown shorthand flag: 'x' in -qx"],
  ['density --qps', 'flag needs an argument: --qps'],
  ['density -n', 'flag needs an argument: -n'],
  ['density --qps -1', 'invalid argument "-1" for "--qps" flag: must be at least 0'],
  ['density --qps x', 'invalid argument "x" for "--qps" flag: must be a number'],
  ['density --iterations -1', 'invalid argument "-1" for "--iterations" flag: must be between 1 and 1000'],
  ['density --iterations 0', 'invalid argument "0" for "--iterations" flag: must be between 1 and 1000'],
  ['density --iterations 1.5', 'invalid argument "1.5" for "--iterations" flag: must be a whole number'],
  ['density --iterations=', 'invalid argument "" for "--iterations" flag: must be a whole number'],
  ['density --timeout 0', 'invalid argument "0" for "--timeout" flag: must be at least 1ms'],
  ['density --timeout 577h', 'invalid argument "577h" for "--timeout" flag: must be at most 576h'],
  [
    'density --timeout 90',
    'invalid argument "90" for "--timeout" flag: invalid duration "90": use a number with a unit, for example 90s, 1m30s or 500ms',
  ],
  [
    'density --memory 10Mb',
    'invalid argument "10Mb" for "--memory" flag: invalid quantity "10Mb": use a number with or without a suffix, for example 512Mi, 10k or 1.5Gi',
  ],
  ['density --image=', 'invalid argument "" for "--image" flag: must not be empty'],
  ['density --protocol tcp,sctp', 'invalid argument "sctp" for "--protocol" flag: must be one of tcp, udp, http'],
  ['density --keep=maybe', 'invalid argument "maybe" for "--keep" flag: must be true or false'],
  ['density -v 11', 'invalid argument "11" for "-v" flag: must be between 0 and 10'],
  ['density foo', 'unexpected argument "foo"'],
  ['density --keep false', 'unexpected argument "false"'],
  ['density -- --keep', 'unexpected argument "--keep"'],
  ['cilium lint', 'required argument VERSION is missing: must be one of 1.14, 1.15', ' cilium lint'],
  ['cilium lint 1.3', 'invalid argument "1.3" for VERSION: must be one of 1.14, 1.15', ' cilium lint'],
])('kubectl perf %s is refused before anything happens', async (argv, line, path?: string) => {
  expect(await runDemo(argv)).toEqual(usageError(line, path))
})

test('a fault that the person can act on: message, advice, exit code 1', async () => {
  const outcome = await runDemo('density', {}, async () => {
    throw new PerfError('cannot create pods', { advice: ['needs: create pods', 'try:   --namespace NS'] })
  })
  expect(outcome).toMatchObject({
    exitCode: 1,
    stdout: '',
    stderr: 'error: cannot create pods\n  needs: create pods\n  try:   --namespace NS\n',
  })
})

test("messages in kubectl's own words get no prefix, and what a cluster sent cannot steer the terminal", async () => {
  const outcome = await runDemo('density', {}, async () => {
    throw new PerfError('Error from server (Forbidden): pods is forbidden: \u001b[31mred\u0007\u009b1m')
  })
  expect(outcome.stderr).toBe('Error from server (Forbidden): pods is forbidden: ^[[31mred^G\\u009b1m\n')
})

test('anything else is a bug, with its origin from -v=1 on', async () => {
  const fail = async () => {
    throw new TypeError('x is undefined', { cause: new RangeError('y') })
  }
  expect(await runDemo('density', {}, fail)).toMatchObject({
    exitCode: 1,
    stderr:
      'error: unexpected: TypeError: x is undefined\n  This is a bug in kubectl-perf v1.2.3, please report it with the output of the same command with -v=1\n',
  })
  const { stderr } = await runDemo('density -v=1', {}, fail)
  expect(stderr).toMatch(
    /x is undefined\n {2}This is a bug in kubectl-perf v1\.2\.3, please report it\n {4}at .*root\.test\.ts/,
  )
  expect(stderr).toContain('caused by RangeError: y\n    at ')
})

test.each([
  ['SIGHUP', 129],
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)('after %s whatever the abort threw ends in %i', async (signalName, exitCode) => {
  const signal = AbortSignal.abort(new Interruption(signalName))
  const reasons = [
    signal.reason,
    new DOMException('aborted', 'AbortError'),
    new Error('request failed', { cause: signal.reason }),
  ]
  for (const reason of reasons) {
    const outcome = await runDemo('density', { signal }, () => Promise.reject(reason as Error))
    expect(outcome).toMatchObject({ exitCode, stderr: `Interrupted by ${signalName}\n` })
  }
})

test('an interrupted run that fails for another reason says so', async () => {
  const signal = AbortSignal.abort(new Interruption('SIGINT'))
  const outcome = await runDemo('density', { signal }, () => Promise.reject(new PerfError('cannot delete namespaces')))
  expect(outcome).toMatchObject({ exitCode: 1, stderr: 'error: cannot delete namespaces\n' })
})
