import { BlockList, isIP, isIPv6 } from 'node:net'

// Which proxy a connection goes through: the cluster's proxy-url, else the environment by the rules of Go's
// golang.org/x/net/http/httpproxy, which kubectl follows.

/** Throws an Error with kubectl's reason. */
export function parseProxyUrl(text: string): URL {
  if (!URL.canParse(text)) throw new Error(`could not parse: ${text}`)
  const url = new URL(text)
  const scheme = url.protocol.slice(0, -1)
  if (!['http', 'https', 'socks5'].includes(scheme)) {
    throw new Error(`unsupported scheme "${scheme}", must be http, https, or socks5`)
  }
  return url
}

/**
 * The proxy that HTTPS_PROXY, HTTP_PROXY and NO_PROXY (or their lower-case forms) ask for, or undefined for none.
 * Loopback addresses never go through one. Throws an Error where the variable is not a usable URL.
 */
export function proxyFromEnvironment(
  target: URL,
  variables: Readonly<Record<string, string | undefined>>,
): URL | undefined {
  const secure = target.protocol === 'https:'
  const name = secure ? 'HTTPS_PROXY' : 'HTTP_PROXY'
  const value = variables[name] || variables[name.toLowerCase()]
  if (!value) return undefined
  const host = target.hostname.replace(/^\[|\]$/g, '')
  const port = target.port || (secure ? '443' : '80')
  if (host === 'localhost' || isLoopback(host)) return undefined
  if (isExempt(host, port, variables.NO_PROXY || variables.no_proxy || '')) return undefined
  try {
    return parseProxyUrl(/^[a-z0-9+.-]+:\/\//i.test(value) ? value : `http://${value}`)
  } catch (error) {
    throw new Error(`invalid proxy address "${value}" in ${name}: ${(error as Error).message}`, { cause: error })
  }
}

function isLoopback(host: string): boolean {
  return host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))
}

function isExempt(host: string, port: string, noProxy: string): boolean {
  return noProxy
    .split(',')
    .map((pattern) => pattern.trim().toLowerCase())
    .some((pattern) => pattern !== '' && matches(pattern, host.toLowerCase(), port))
}

function matches(pattern: string, host: string, port: string): boolean {
  if (pattern === '*') return true
  if (pattern.includes('/')) return isInNetwork(pattern, host)
  const { name, port: onlyPort } = splitPort(pattern)
  if (onlyPort !== '' && onlyPort !== port) return false
  if (isIP(name) !== 0) return name === host
  if (name.startsWith('*.')) return host.endsWith(name.slice(1))
  // ".example.com" is for what lies below, "example.com" for itself too.
  if (name.startsWith('.')) return host.endsWith(name)
  return host === name || host.endsWith(`.${name}`)
}

function isInNetwork(pattern: string, host: string): boolean {
  const [network = '', prefix = ''] = pattern.split('/')
  const version = isIP(network)
  if (version === 0 || isIP(host) !== version || !/^\d+$/.test(prefix)) return false
  if (Number(prefix) > (version === 6 ? 128 : 32)) return false
  const family = version === 6 ? 'ipv6' : 'ipv4'
  const list = new BlockList()
  list.addSubnet(network, Number(prefix), family)
  return list.check(host, family)
}

function splitPort(pattern: string): { name: string; port: string } {
  if (isIPv6(pattern)) return { name: pattern, port: '' }
  const match = /^(?<name>.*):(?<port>\d+)$/.exec(pattern)
  const name = match?.groups?.name ?? pattern
  return { name: name.replace(/^\[|\]$/g, ''), port: match?.groups?.port ?? '' }
}
