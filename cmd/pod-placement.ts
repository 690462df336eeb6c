import type { Toleration } from '../lib/workload/pods/pod-manifest.ts'

// The values of --node-selector and --toleration, which their options have checked, in Kubernetes' words.

/** @param labels each LABEL=VALUE */
export function parseNodeSelector(labels: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    labels.map((text) => {
      const [name = '', value = ''] = text.split('=')
      return [name, value]
    }),
  )
}

/** @param text all, KEY, KEY:EFFECT, KEY=VALUE or KEY=VALUE:EFFECT */
export function parseToleration(text: string): Toleration {
  if (text === 'all') return { operator: 'Exists' }
  const [keyAndValue = '', effect] = text.split(':')
  const [key = '', value] = keyAndValue.split('=')
  return {
    key,
    ...(value === undefined ? { operator: 'Exists' } : { operator: 'Equal', value }),
    ...(effect === undefined ? {} : { effect }),
  }
}
