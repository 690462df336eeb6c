import { inGroup, type OptionValues } from './option-table.ts'

// Options that several commands have, declared once. A command includes the tables that fit it by spreading them.

/** kubectl's own flags, with its names and words (cli-runtime's ConfigFlags). */
export const kubectlOptions = inGroup('Connection options', {
  kubeconfig: {
    kind: 'text',
    valueName: 'FILE',
    description: 'Path to the kubeconfig file to use for CLI requests',
    complete: 'files',
  },
  context: {
    kind: 'text',
    valueName: 'NAME',
    description: 'The name of the kubeconfig context to use',
    complete: 'contexts',
  },
  cluster: {
    kind: 'text',
    valueName: 'NAME',
    description: 'The name of the kubeconfig cluster to use',
    complete: 'clusters',
  },
  user: { kind: 'text', valueName: 'NAME', description: 'The name of the kubeconfig user to use', complete: 'users' },
  namespace: {
    kind: 'text',
    alias: 'n',
    valueName: 'NAMESPACE',
    description: 'If present, the namespace scope for this CLI request',
    complete: 'namespaces',
  },
  server: {
    kind: 'text',
    alias: 's',
    valueName: 'URL',
    description: 'The address and port of the Kubernetes API server',
  },
  token: { kind: 'text', valueName: 'TOKEN', description: 'Bearer token for authentication to the API server' },
  as: {
    kind: 'text',
    valueName: 'USER',
    description:
      'Username to impersonate for the operation. User could be a regular user or a service account in a namespace',
  },
  'as-group': {
    kind: 'text',
    valueName: 'GROUP',
    list: 'repeated',
    description: 'Group to impersonate for the operation, this flag can be repeated to specify multiple groups',
  },
  'as-uid': { kind: 'text', valueName: 'UID', description: 'UID to impersonate for the operation' },
  'certificate-authority': {
    kind: 'text',
    valueName: 'FILE',
    description: 'Path to a cert file for the certificate authority',
    complete: 'files',
  },
  'client-certificate': {
    kind: 'text',
    valueName: 'FILE',
    description: 'Path to a client certificate file for TLS',
    complete: 'files',
  },
  'client-key': {
    kind: 'text',
    valueName: 'FILE',
    description: 'Path to a client key file for TLS',
    complete: 'files',
  },
  'tls-server-name': {
    kind: 'text',
    valueName: 'NAME',
    description:
      'Server name to use for server certificate validation. If it is not provided, the hostname used to contact the server is used',
  },
  'insecure-skip-tls-verify': {
    kind: 'boolean',
    description:
      "If true, the server's certificate will not be checked for validity. This will make your HTTPS connections insecure",
  },
  'request-timeout': {
    kind: 'duration',
    valueName: 'DURATION',
    // kubectl waits for ever; a measurement that hangs helps nobody.
    default: '30s',
    min: 0,
    plainSeconds: true,
    description:
      "The length of time to wait before giving up on a single server request. Non-zero values should contain a corresponding time unit (e.g. 1s, 2m, 3h). A value of zero means don't timeout requests",
  },
})

export type KubectlValues = OptionValues<typeof kubectlOptions>

/** Of commands that have no flag for it. */
export const API_CONNECTIONS = 3

/** The same, and how many connections to share. */
export const connectionOptions = {
  ...kubectlOptions,
  ...inGroup('Connection options', {
    connections: {
      kind: 'integer',
      valueName: 'N',
      default: API_CONNECTIONS,
      min: 1,
      max: 64,
      description:
        'Connections to the API server to share among requests; watches and metrics have one more each. Several API servers behind a load balancer need more',
    },
  }),
}

export type ConnectionValues = OptionValues<typeof connectionOptions>

/** Of every command that has a record; the first is the default. */
export const RECORD_FORMATS = ['table', 'wide', 'json', 'yaml', 'junit', 'html', 'markdown'] as const

/**
 * How the result is written. The formats differ by command, so each names its own; the first is the default.
 */
export function outputOptions<const Formats extends readonly [string, ...string[]]>(formats: Formats) {
  return inGroup('Output options', {
    output: {
      kind: 'choice',
      alias: 'o',
      choices: formats,
      default: formats[0],
      valueName: 'FORMAT',
      description: 'Output format',
    },
    'output-file': {
      kind: 'text',
      valueName: 'FILE',
      description: 'Write the result to this file instead of the standard output',
      complete: 'files',
    },
    'no-headers': { kind: 'boolean', description: 'Print tables without their headers' },
    ...messageOptions,
  })
}

/** What every command has: how it talks. */
export const messageOptions = inGroup('Output options', {
  color: {
    kind: 'choice',
    choices: ['auto', 'always', 'never'],
    default: 'auto',
    valueName: 'WHEN',
    description: 'When to use colors; auto: on a terminal, unless NO_COLOR is set',
  },
  quiet: { kind: 'boolean', alias: 'q', description: 'Print no progress and no notes, only the result and errors' },
  v: {
    kind: 'integer',
    alias: 'v',
    valueName: 'LEVEL',
    default: 0,
    min: 0,
    max: 10,
    description: 'Number for the log level verbosity; from 1 on an unexpected error shows where it arose',
  },
})

export type MessageValues = OptionValues<typeof messageOptions>

/** Where the files of a run go. */
export const outputDirectoryOptions = inGroup('Output options', {
  'output-dir': {
    kind: 'text',
    valueName: 'DIRECTORY',
    environment: 'PERF_OUTPUT_DIR',
    description: 'Write the record of the run and its samples to files in this directory',
    // What a variable gives that is not set would be the working directory.
    check: (value) => (value === '' ? 'must not be empty' : undefined),
    complete: 'directories',
  },
})

/** The verdict. */
export function thresholdOptions(example: string) {
  return inGroup('Threshold options', {
    threshold: {
      kind: 'text',
      valueName: 'EXPRESSION',
      list: 'repeated',
      description: `Fail with exit code 99 unless this holds, for example ${example}. This flag can be repeated`,
      complete: 'metrics',
    },
    'threshold-file': {
      kind: 'text',
      valueName: 'FILE',
      description: 'Path to a YAML file with a list of thresholds',
      complete: 'files',
    },
  })
}

/** Where images come from. */
export const imageOptions = inGroup('Run options', {
  'image-registry': {
    kind: 'text',
    valueName: 'PREFIX',
    description:
      'Pull every image from this registry instead of its own, for sites without access to the internet. "kubectl perf images" lists them',
  },
})

/** How a command that creates objects behaves. Its time limit differs by command. */
export function runOptions<const Timeout extends string>(timeout: Timeout) {
  return inGroup('Run options', {
    timeout: {
      kind: 'duration',
      valueName: 'DURATION',
      default: timeout,
      min: 1,
      description: 'The length of time to wait for the cluster in one phase before giving up',
    },
    keep: {
      kind: 'boolean',
      description: 'Leave the created objects in the cluster; remove them later with "kubectl perf cleanup"',
    },
    'dry-run': {
      kind: 'choice',
      choices: ['none', 'client', 'server'],
      default: 'none',
      valueName: 'WHERE',
      description:
        'Print the plan and every object, and send nothing (client); or let the API server check every object without storing it (server)',
    },
    yes: { kind: 'boolean', alias: 'y', description: 'Do not ask before steps that need a confirmation' },
    ...imageOptions,
  })
}

/** Which nodes pods may run on. */
export const schedulingOptions = inGroup('Pod options', {
  'node-selector': {
    kind: 'text',
    valueName: 'LABEL=VALUE',
    list: 'separated',
    description: 'Run pods only on nodes with this label. This flag can be repeated',
    check: (value) => (/^[^=\s]+=[^=\s]*$/.test(value) ? undefined : 'must be label=value'),
  },
  toleration: {
    kind: 'text',
    valueName: 'TAINT',
    list: 'separated',
    description: 'Taint that pods tolerate, as key, key:Effect, key=value:Effect, or all. This flag can be repeated',
    check: (value) =>
      /^[^=:\s]+(=[^=:\s]*)?(:(NoSchedule|PreferNoSchedule|NoExecute))?$/.test(value)
        ? undefined
        : 'must be all, key, key:Effect or key=value:Effect',
  },
})

/** For users whose rights end at a namespace. */
export const namespaceOptions = inGroup('Run options', {
  'no-create-namespace': {
    kind: 'boolean',
    description: 'Use the namespace given by --namespace instead of making any; rights in that namespace are enough',
  },
})

/** What is wrong with a Kubernetes quantity of CPU or memory; undefined for a right one. */
export function checkQuantity(value: string): string | undefined {
  return /^\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/.test(value) ? undefined : 'must be a quantity such as 100m or 64Mi'
}
