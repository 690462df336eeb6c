import { expect, test } from 'vitest'
import { parseKubeconfig } from '../../../../lib/kube/kubeconfig/kubeconfig-file.ts'

const parse = (text: string) => parseKubeconfig(text, '/home/writer/.kube/config')

test('every field that kubectl knows is read', () => {
  const config = parse(`
apiVersion: v1
kind: Config
current-context: dev
preferences: {colors: true}
clusters:
- name: one
  cluster:
    server: https://one.example:6443
    tls-server-name: kubernetes
    insecure-skip-tls-verify: true
    certificate-authority-data: SGVsbG8=
    proxy-url: socks5://proxy:1080
    disable-compression: true
    extensions:
    - name: client.authentication.k8s.io/exec
      extension: {audience: x}
users:
- name: writer
  user:
    client-certificate-data: Y2VydA==
    client-key-data: |
      a2
      V5
    token: t
    username: u
    password: p
    as: root
    as-uid: "0"
    as-groups: [a, b]
    as-user-extra: {scopes: [x, y]}
    auth-provider: {name: oidc, config: {id-token: i}}
contexts:
- name: dev
  context: {cluster: one, user: writer, namespace: shop}
`)
  expect(config.currentContext).toBe('dev')
  expect(config.clusters.get('one')).toEqual({
    server: 'https://one.example:6443',
    tlsServerName: 'kubernetes',
    insecureSkipTlsVerify: true,
    certificateAuthority: '',
    certificateAuthorityData: 'Hello',
    proxyUrl: 'socks5://proxy:1080',
    disableCompression: true,
    extensions: { 'client.authentication.k8s.io/exec': { audience: 'x' } },
  })
  expect(config.users.get('writer')).toEqual({
    clientCertificate: '',
    clientCertificateData: 'cert',
    clientKey: '',
    clientKeyData: 'key',
    token: 't',
    tokenFile: '',
    as: 'root',
    asUid: '0',
    asGroups: ['a', 'b'],
    asUserExtra: { scopes: ['x', 'y'] },
    username: 'u',
    password: 'p',
    authProvider: { name: 'oidc', config: { 'id-token': 'i' } },
    exec: undefined,
    origin: '/home/writer/.kube/config',
  })
  expect(config.contexts.get('dev')).toEqual({ cluster: 'one', user: 'writer', namespace: 'shop' })
})

test('relative paths are of the file’s folder; a bare command is not a path', () => {
  const config = parse(`
clusters: [{name: c, cluster: {certificate-authority: pki/ca.crt}}]
users:
- {name: a, user: {client-certificate: ../a.crt, client-key: /etc/a.key, tokenFile: token}}
- {name: b, user: {exec: {command: aws, apiVersion: client.authentication.k8s.io/v1}}}
- {name: c, user: {exec: {command: ./login, apiVersion: client.authentication.k8s.io/v1beta1}}}
`)
  expect(config.clusters.get('c')?.certificateAuthority).toBe('/home/writer/.kube/pki/ca.crt')
  expect(config.users.get('a')).toMatchObject({
    clientCertificate: '/home/writer/a.crt',
    clientKey: '/etc/a.key',
    tokenFile: '/home/writer/.kube/token',
  })
  expect(config.users.get('b')?.exec).toMatchObject({ command: 'aws', interactiveMode: '' })
  expect(config.users.get('c')?.exec).toMatchObject({
    command: '/home/writer/.kube/login',
    interactiveMode: 'IfAvailable',
  })
})

test('an empty file, one with comments only, JSON, and null lists are fine', () => {
  for (const text of [
    '',
    '# nothing\n',
    '---\n',
    '{"kind":"Config","apiVersion":"v1"}',
    'clusters: null\nusers: null\ncontexts: null\n',
  ]) {
    const config = parse(text)
    expect([config.clusters.size, config.users.size, config.contexts.size, config.currentContext]).toEqual([
      0,
      0,
      0,
      '',
    ])
  }
})

test.for([
  ['clusters: [{name: a\n', /^yaml: line 1: /],
  ['kind: Config\nclusters:\n- name: [a\n\n', /^yaml: line 3: /],
  ['a: 1\n\tb: 2\n', /^yaml: line 2: /],
  ['hello', /^cannot unmarshal string into field the document of type mapping$/],
  ['clusters: foo', /^cannot unmarshal string into field clusters of type list$/],
  ['clusters: [{name: 1}]', /^cannot unmarshal number into field clusters\.name of type string$/],
  ['clusters: [{name: a, cluster: {server: [x]}}]', /^cannot unmarshal list into field server of type string$/],
  ['users: [{name: a, user: {client-key-data: "!!!"}}]', /^illegal base64 data in client-key-data$/],
  ['users: [{name: a}, {name: a}]', /^duplicate name "a" in list users$/],
  ['apiVersion: v2\nkind: Config\n', /^no kind "Config" is registered for version "v2"$/],
  ['kind: Pod\n', /^no kind "Pod" is registered for version "v1"$/],
] as const)('nonsense is refused with its reason: %s', ([text, reason]) => {
  expect(() => parse(text)).toThrow(reason)
})
