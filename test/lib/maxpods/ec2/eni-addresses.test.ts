import { expect, test } from 'vitest'
import {
  eksRecommendedMaximum,
  eniAddresses,
  eniMaxPods,
  instanceNetwork,
} from '../../../../lib/maxpods/ec2/eni-addresses.ts'
import { INSTANCE_SIZES } from '../../../../lib/maxpods/ec2/instance-table.ts'

const single = { prefixDelegation: false, unusedEnis: 0 }
const prefixes = { prefixDelegation: true, unusedEnis: 0 }
const network = (enis: number, ipv4: number) => ({ enis, ipv4, takesPrefixes: true })

// The cases of nodeadm/internal/kubelet/eni_max_pods_test.go, amazon-eks-ami: 3 interfaces of 6 addresses are a t3.medium.
test('maxPods as EKS computes it', () => {
  expect(eniMaxPods(network(3, 6), single)).toBe(17)
  expect(eniMaxPods(network(6, 12), single)).toBe(68)
  expect(eniMaxPods(network(3, 6), prefixes)).toBe(242)
  expect(eniMaxPods(network(3, 6), { prefixDelegation: false, unusedEnis: 1 })).toBe(12)
})

// eni-max-pods.txt of amazon-eks-ami.
test.each([
  ['t3.medium', 17],
  ['m5.large', 29],
  ['m5.xlarge', 58],
  ['c5.4xlarge', 234],
  ['m5.24xlarge', 737],
  ['t2.micro', 4],
  ['c6in.32xlarge', 394],
  ['c8g.large', 29],
  ['m8g.medium', 8],
  ['m8a.12xlarge', 758],
  ['m8i-flex.16xlarge', 1010],
  ['r8gn.metal-48xl', 590],
  ['r8i.metal-96xl', 1514],
  ['x8g.48xlarge', 737],
])('%s takes %i pods', (type, pods) => {
  const found = instanceNetwork(type)
  expect(found).toBeDefined()
  expect(found === undefined ? 0 : eniMaxPods(found, single)).toBe(pods)
})

test('interfaces of Xen instances take no prefixes, those of Nitro and of bare metal do', () => {
  expect(['m4.large', 'i3.large', 'i3.metal', 'm5.large'].map((type) => instanceNetwork(type)?.takesPrefixes)).toEqual([
    false,
    false,
    true,
    true,
  ])
})

test.each(['m99.large', 'm5', '', 'm5.', '.large', 'constructor.large'])('%j is not in the table', (type) => {
  expect(instanceNetwork(type)).toBeUndefined()
})

test('no type stands in the table twice', () => {
  const types = INSTANCE_SIZES.flatMap(({ types }) =>
    types.flatMap(([families, sizes]) =>
      families.split(' ').flatMap((family) => sizes.split(' ').map((size) => `${family}.${size}`)),
    ),
  )
  expect(types.length).toBe(new Set(types).size)
  expect(types.length).toBeGreaterThan(900)
  for (const type of types) expect(instanceNetwork(type)).toBeDefined()
})

test('no interface is left where custom networking takes the only one', () => {
  expect(eniAddresses(network(1, 6), { prefixDelegation: false, unusedEnis: 1 })).toBe(0)
})

// max-pods-calculator.sh: 110 up to 30 vCPU, 250 beyond.
test('EKS recommends by the number of vCPU', () => {
  expect([2, 30, 31, 96].map(eksRecommendedMaximum)).toEqual([110, 110, 250, 250])
})
