import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseProxyUrl, proxyFromEnvironment } from '../../../../lib/kube/kubeconfig/proxy.ts'

const through = (target: string, variables: Record<string, string>) =>
  proxyFromEnvironment(new URL(target), variables)?.href

test('HTTPS_PROXY is for https, HTTP_PROXY for http, upper case before lower case', () => {
  const both = { HTTPS_PROXY: 'http://secure:1', HTTP_PROXY: 'http://plain:2' }
  expect(through('https://api.example', both)).toBe('http://secure:1/')
  expect(through('http://api.example', both)).toBe('http://plain:2/')
  expect(through('https://api.example', { https_proxy: 'http://lower:3' })).toBe('http://lower:3/')
  expect(through('https://api.example', { HTTPS_PROXY: 'http://upper:1', https_proxy: 'http://lower:3' })).toBe(
    'http://upper:1/',
  )
  expect(through('https://api.example', { HTTP_PROXY: 'http://plain:2' })).toBeUndefined()
  expect(through('https://api.example', {})).toBeUndefined()
})

test('a proxy without a scheme is http, socks5 is fine, anything else is refused', () => {
  expect(through('https://api.example', { HTTPS_PROXY: 'proxy:3128' })).toBe('http://proxy:3128/')
  expect(through('https://api.example', { HTTPS_PROXY: 'socks5://proxy:1080' })).toBe('socks5://proxy:1080')
  expect(() => through('https://api.example', { HTTPS_PROXY: 'ftp://proxy' })).toThrow(
    'invalid proxy address "ftp://proxy" in HTTPS_PROXY: unsupported scheme "ftp", must be http, https, or socks5',
  )
  expect(() => parseProxyUrl('::')).toThrow('could not parse: ::')
})

// Expectations from golang.org/x/net/http/httpproxy's documentation and tests.
test.for([
  ['example.com', 'https://example.com', true],
  ['example.com', 'https://api.example.com', true],
  ['example.com', 'https://notexample.com', false],
  ['.example.com', 'https://example.com', false],
  ['.example.com', 'https://api.example.com', true],
  ['*.example.com', 'https://api.example.com', true],
  ['*.example.com', 'https://example.com', false],
  ['EXAMPLE.com', 'https://api.Example.com', true],
  ['example.com:6443', 'https://example.com:6443', true],
  ['example.com:6443', 'https://example.com', false],
  ['example.com:443', 'https://example.com', true],
  ['10.0.0.0/8', 'https://10.1.2.3:6443', true],
  ['10.0.0.0/8', 'https://11.1.2.3:6443', false],
  ['10.0.0.0/33', 'https://10.1.2.3', false],
  ['10.1.2.3', 'https://10.1.2.3:6443', true],
  ['10.1.2.3:6443', 'https://10.1.2.3:6443', true],
  ['10.1.2', 'https://10.1.2.3', false],
  ['fd00::/8', 'https://[fd00::1]:6443', true],
  ['[fd00::1]:6443', 'https://[fd00::1]:6443', true],
  ['fd00::1', 'https://[fd00::1]', true],
  ['*', 'https://anything.example', true],
  [' , other.example , example.com ', 'https://example.com', true],
  ['', 'https://example.com', false],
] as const)('NO_PROXY %s and %s', ([noProxy, target, isDirect]) => {
  const variables = { HTTPS_PROXY: 'http://proxy:1', NO_PROXY: noProxy }
  expect(through(target, variables)).toBe(isDirect ? undefined : 'http://proxy:1/')
  expect(through(target, { HTTPS_PROXY: 'http://proxy:1', no_proxy: noProxy })).toBe(
    isDirect ? undefined : 'http://proxy:1/',
  )
})

test('loopback addresses never go through a proxy, others do unless exempt', () => {
  const variables = { HTTPS_PROXY: 'http://proxy:1' }
  fc.assert(
    fc.property(fc.ipV4(), fc.integer({ min: 1, max: 65535 }), (address, port) => {
      expect(through(`https://${address}:${port}`, variables) === undefined).toBe(address.startsWith('127.'))
    }),
  )
  expect(through('https://localhost:6443', variables)).toBeUndefined()
  expect(through('https://[::1]:6443', variables)).toBeUndefined()
})

test('a network exempts exactly the addresses in it', () => {
  fc.assert(
    fc.property(fc.ipV4(), fc.ipV4(), fc.integer({ min: 1, max: 32 }), (network, address, prefix) => {
      fc.pre(!address.startsWith('127.'))
      const bits = (text: string) => text.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
      const isInside = Math.floor(bits(network) / 2 ** (32 - prefix)) === Math.floor(bits(address) / 2 ** (32 - prefix))
      const variables = { HTTPS_PROXY: 'http://proxy:1', NO_PROXY: `${network}/${prefix}` }
      expect(through(`https://${address}`, variables) === undefined).toBe(isInside)
    }),
  )
})
