import type { LintFinding } from '../../lint-finding.ts'
import { type Check, needs } from './check.ts'

// Sources: templates/validate.yaml and the comments of values.yaml of the charts, 1.14 to 1.20.

interface Requirement {
  readonly when: readonly [path: string, values: readonly string[]]
  readonly needs: readonly [path: string, value: string]
  /** Whether the chart's default is what is needed. */
  readonly isDefault?: boolean
  readonly since?: number
  readonly consequence: string
}

/** Pairs of switches: the chart refuses one without the other, or it does nothing. */
const REQUIREMENTS: readonly Requirement[] = [
  {
    when: ['hubble.ui.enabled', ['true']],
    needs: ['hubble.relay.enabled', 'true'],
    consequence: 'Helm refuses the Hubble UI without Hubble Relay',
  },
  {
    when: ['hubble.relay.enabled', ['true']],
    needs: ['hubble.enabled', 'true'],
    isDefault: true,
    consequence: 'Helm refuses Hubble Relay without Hubble',
  },
  {
    when: ['gatewayAPI.enabled', ['true']],
    needs: ['l7Proxy', 'true'],
    isDefault: true,
    consequence: 'Helm refuses the Gateway API without the L7 proxy',
  },
  {
    when: ['ingressController.enabled', ['true']],
    needs: ['l7Proxy', 'true'],
    isDefault: true,
    consequence: 'Helm refuses the ingress controller without the L7 proxy',
  },
  {
    when: ['authentication.mutual.spire.enabled', ['true']],
    needs: ['authentication.enabled', 'true'],
    isDefault: true,
    consequence: 'Helm refuses SPIRE without authentication',
  },
  {
    when: ['ipam.mode', ['eni']],
    needs: ['eni.enabled', 'true'],
    since: 20,
    consequence: 'Helm refuses this mode without eni.enabled',
  },
  {
    when: ['ipv4.enabled', ['false']],
    needs: ['ipv6.enabled', 'true'],
    consequence: 'the agent does not start with neither IPv4 nor IPv6',
  },
  {
    when: ['bandwidthManager.bbr', ['true']],
    needs: ['bandwidthManager.enabled', 'true'],
    consequence: 'BBR does nothing without the bandwidth manager',
  },
  {
    when: ['bpf.datapathMode', ['netkit', 'netkit-l2']],
    needs: ['bpf.tproxy', 'false'],
    isDefault: true,
    since: 19,
    consequence: 'Helm refuses netkit with bpf.tproxy',
  },
]

export const requirements: Check = (values, { minor }) =>
  REQUIREMENTS.flatMap(
    ({ when: [path, on], needs: [needed, value], isDefault, since = 0, consequence }): LintFinding[] => {
      if (minor < since || !on.includes(String(values.scalar(path)))) return []
      const given = values.scalar(needed)
      if (given === undefined ? isDefault === true : String(given) === value) return []
      if (path === 'hubble.ui.enabled' && values.isOn('hubble.ui.standalone.enabled') === true) return []
      return [
        {
          severity: needs(given !== undefined),
          code: 'MissingRequirement',
          place: values.place(path),
          path,
          message: consequence,
          advice: `${needed}: ${value}`,
        },
      ]
    },
  )

export const clusterIdentity: Check = (values, { minor }) => {
  const id = values.number('cluster.id')
  const name = values.scalar('cluster.name')
  if (minor < 16 || id === undefined || id === 0 || (name !== undefined && name !== 'default')) return []
  return [
    {
      severity: needs(name !== undefined),
      code: 'MissingRequirement',
      place: values.place('cluster.id'),
      path: 'cluster.id',
      message: 'Helm refuses an id with the name "default"',
      advice: 'cluster.name: a name of its own',
    },
  ]
}

export const garbageCollection: Check = (values) => {
  const interval = values.scalar('conntrackGCInterval')
  const isFixed = interval !== undefined && interval !== '' && !/^0[a-z]*$/.test(String(interval))
  if (
    !isFixed ||
    values.scalar('conntrackGCMaxInterval') === undefined ||
    values.scalar('conntrackGCMaxInterval') === ''
  ) {
    return []
  }
  return [
    {
      severity: 'warning',
      code: 'NoEffect',
      place: values.place('conntrackGCMaxInterval'),
      path: 'conntrackGCMaxInterval',
      message: 'does nothing beside conntrackGCInterval, which fixes the interval',
      advice: 'one of the two',
    },
  ]
}

export const serviceHost: Check = (values, { minor }) => {
  const both =
    values.scalar('k8sServiceHostRef.name') && values.scalar('k8sServiceHostRef.key') && values.scalar('k8sServiceHost')
  if (minor < 18 || !both) return []
  return [
    {
      severity: 'error',
      code: 'Conflict',
      place: values.place('k8sServiceHostRef'),
      path: 'k8sServiceHostRef',
      message: 'Helm refuses it beside k8sServiceHost',
      advice: 'one of the two',
    },
  ]
}
