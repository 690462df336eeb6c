import type { ConnectionOptions } from '../lib/kube/kubeconfig/connection-options.ts'
import { valueKey } from './option-table.ts'
import { type ConnectionValues, connectionOptions, type KubectlValues, type kubectlOptions } from './shared-options.ts'

/** The connection flags in the words of lib/kube. */
export function toConnectionOptions(values: ConnectionValues): ConnectionOptions {
  const flags = Object.keys(connectionOptions).map(valueKey) as (keyof ConnectionValues)[]
  const given = Object.fromEntries(flags.filter((key) => key in values).map((key) => [key, values[key]]))
  const { asGroup, requestTimeout, ...same } = given as unknown as ConnectionValues
  return { ...same, requestTimeoutMs: requestTimeout, ...(asGroup.length > 0 && { asGroups: asGroup }) }
}

/** Those that matter for finding a cluster again; never the token. */
const LASTING_FLAGS = [
  'kubeconfig',
  'context',
  'cluster',
  'user',
  'namespace',
  'server',
  'as',
  'as-group',
  'as-uid',
  'certificate-authority',
  'client-certificate',
  'client-key',
  'tls-server-name',
  'insecure-skip-tls-verify',
] as const satisfies readonly (keyof typeof kubectlOptions)[]

/**
 * The flags that find the same cluster again, for command lines that we tell a person to run, quoted for a shell.
 * @param values as the user gave them; `namespace` is that of the objects, if they are in one that was there before
 */
export function connectionFlags(values: Omit<KubectlValues, 'namespace'> & { namespace?: string | undefined }): string {
  const flags = LASTING_FLAGS.flatMap((name) => {
    const value = values[valueKey(name) as keyof typeof values]
    if (value === true) return [`--${name}`]
    return [value].flat().flatMap((text) => (typeof text === 'string' ? [`--${name} ${shellQuote(text)}`] : []))
  })
  return flags.map((flag) => ` ${flag}`).join('')
}

function shellQuote(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`
}
