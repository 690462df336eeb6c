import fc from 'fast-check'
import { expect, test } from 'vitest'
import { choiceFault, parsePrometheusChoice } from '../../../lib/record/prometheus-choice.ts'

test('auto, none, URLs, Services and pods are told apart', () => {
  expect(parsePrometheusChoice('auto')).toEqual({ kind: 'auto' })
  expect(parsePrometheusChoice('none')).toEqual({ kind: 'none' })
  const service = { kind: 'service', namespace: 'monitoring', name: 'prometheus-k8s' }
  expect(parsePrometheusChoice('svc/monitoring/prometheus-k8s')).toEqual(service)
  expect(parsePrometheusChoice('service/monitoring/prometheus-k8s:9090')).toEqual({ ...service, port: '9090' })
  expect(parsePrometheusChoice('svc/monitoring/prometheus-k8s:http-web')).toEqual({ ...service, port: 'http-web' })
  const pod = { kind: 'pod', namespace: 'monitoring', name: 'prometheus-0.a' }
  expect(parsePrometheusChoice('pod/monitoring/prometheus-0.a')).toEqual(pod)
  expect(parsePrometheusChoice('po/monitoring/prometheus-0.a:9090')).toEqual({ ...pod, port: '9090' })
})

test('a URL is that of the root, whatever it ends with', () => {
  for (const text of ['http://h:9090', 'http://h:9090/', 'http://h:9090/api/v1', 'HTTP://h:9090/api/v1/']) {
    expect(parsePrometheusChoice(text)).toEqual({ kind: 'url', url: 'http://h:9090' })
  }
  expect(parsePrometheusChoice('https://h/select/0/prometheus/')).toEqual({
    kind: 'url',
    url: 'https://h/select/0/prometheus',
  })
})

test.for([
  ['', 'must be auto, none, a URL'],
  ['monitoring/prometheus', 'must be auto, none, a URL'],
  ['svc/monitoring', 'must be auto, none, a URL'],
  ['svc/Monitoring/prometheus', 'must be auto, none, a URL'],
  ['svc/m/p:0', 'a port is between 1 and 65535'],
  ['svc/m/p:65536', 'a port is between 1 and 65535'],
  ['ftp://h', 'must be auto, none, a URL'],
  ['http://', 'this is no URL'],
  ['http://h?query=up', 'without a query'],
] as const)('%s is refused, with the reason', ([text, reason]) => {
  expect(choiceFault(text)).toContain(reason)
  expect(() => parsePrometheusChoice(text)).toThrow(reason)
})

test('a URL with a password is refused, and never repeated', () => {
  expect(choiceFault('https://me:secret@h')).toBeUndefined()
  expect(() => parsePrometheusChoice('https://me:secret@h')).toThrow(/^--prometheus takes no user and password/)
})

test('whatever is written, it is a choice or a UsageError', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      try {
        expect(['none', 'auto', 'url', 'service', 'pod']).toContain(parsePrometheusChoice(text).kind)
      } catch (error) {
        expect((error as Error).name).toBe('UsageError')
      }
    }),
  )
})
