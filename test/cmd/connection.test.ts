import { expect, test } from 'vitest'
import { parseArgv } from '../../cmd/argv.ts'
import { connectionFlags, toConnectionOptions } from '../../cmd/connection.ts'
import { readOptionValues } from '../../cmd/option-value.ts'
import { type ConnectionValues, connectionOptions } from '../../cmd/shared-options.ts'

const parse = (...argv: string[]) =>
  readOptionValues(connectionOptions, parseArgv(argv, connectionOptions).texts, {}) as ConnectionValues

test('flags that were not given stay absent', () => {
  expect(toConnectionOptions(parse())).toEqual({
    connections: 3,
    insecureSkipTlsVerify: false,
    requestTimeoutMs: 30_000,
  })
})

test('every flag of kubectl arrives', () => {
  const flags = [
    ['--kubeconfig', 'k'],
    ['--context', 'c'],
    ['--cluster', 'l'],
    ['--user', 'u'],
    ['-n', 'n'],
    ['-s', 'https://s'],
    ['--token', 't'],
    ['--as', 'a'],
    ['--as-group', 'g'],
    ['--as-group', 'h'],
    ['--as-uid', 'i'],
    ['--certificate-authority', 'ca'],
    ['--client-certificate', 'cc'],
    ['--client-key', 'ck'],
    ['--tls-server-name', 'tn'],
    ['--insecure-skip-tls-verify'],
    ['--request-timeout', '5'],
    ['--connections', '8'],
  ]
  expect(toConnectionOptions(parse(...flags.flat()))).toEqual({
    kubeconfig: 'k',
    context: 'c',
    cluster: 'l',
    user: 'u',
    namespace: 'n',
    server: 'https://s',
    token: 't',
    as: 'a',
    asGroups: ['g', 'h'],
    asUid: 'i',
    certificateAuthority: 'ca',
    clientCertificate: 'cc',
    clientKey: 'ck',
    tlsServerName: 'tn',
    insecureSkipTlsVerify: true,
    requestTimeoutMs: 5000,
    connections: 8,
  })
})

test('values of other flags of the command are left out', () => {
  expect(toConnectionOptions({ ...parse(), iterations: 5 } as ConnectionValues)).not.toHaveProperty('iterations')
})

test('the flags that find the same cluster again, quoted, without the token', () => {
  expect(connectionFlags(parse())).toBe('')
  expect(connectionFlags(parse('--context', 'kind-kind', '--kubeconfig', "/a b/it's", '--token', 'secret'))).toBe(
    ` --kubeconfig '/a b/it'\\''s' --context kind-kind`,
  )
  expect(
    connectionFlags(
      parse('-s', 'https://s', '--insecure-skip-tls-verify', '--as', 'a', '--as-group', 'g', '--as-group', 'h'),
    ),
  ).toBe(' --server https://s --as a --as-group g --as-group h --insecure-skip-tls-verify')
  expect(connectionFlags({ ...parse(), namespace: 'team-a' })).toBe(' --namespace team-a')
})
