import type { EngineName, IpFamily, TestCase } from '../test-case.ts'

/** Tests that share their pods. */
export interface Group {
  readonly placement: TestCase['placement']
  readonly hostNetwork: boolean
  readonly tests: readonly number[]
  /** What its servers must run. */
  readonly services: readonly { readonly engine: EngineName; readonly ipFamily: IpFamily }[]
}

/** Groups the tests that can share pods, in the order of their first test. */
export function groupsOf(tests: readonly TestCase[]): Group[] {
  const groups = new Map<string, { placement: Group['placement']; hostNetwork: boolean; tests: number[] }>()
  for (const [index, { placement, path }] of tests.entries()) {
    const hostNetwork = path === 'host'
    const key = `${placement} ${hostNetwork}`
    const group = groups.get(key) ?? { placement, hostNetwork, tests: [] }
    group.tests.push(index)
    groups.set(key, group)
  }
  return [...groups.values()].map((group) => {
    const services = new Map<string, Group['services'][number]>()
    for (const index of group.tests) {
      const test = tests[index]
      if (test === undefined) continue
      const { engine, ipFamily } = test
      services.set(`${engine} ${ipFamily}`, { engine, ipFamily })
    }
    return { ...group, services: [...services.values()] }
  })
}

/** Part of the names of its pods. */
export function groupName({ placement, hostNetwork }: Group): string {
  return hostNetwork ? `${placement}-host` : placement
}
