import { expect, test } from 'vitest'
import { gkeMask, gkeMaximum } from '../../../../lib/maxpods/limits/provider-limit.ts'
import { LARGEST_PID_MAX, pidMaxFor, podPidsLimitFor } from '../../../../lib/maxpods/sizing/pids.ts'
import { nodeBlock, nodesOf } from '../../../../lib/maxpods/sizing/pod-cidr.ts'
import { recommendedReservation } from '../../../../lib/maxpods/sizing/reservations.ts'

// nodeadm/internal/kubelet/config_test.go: maxPods 100 reserves 1355Mi. CPU: 6 % of the first core, 1 % of the second, 0.5 % of the next two, 0.25 % beyond.
test('what EKS reserves for the kubelet', () => {
  expect(recommendedReservation(100, 2000)).toEqual({ cpuMillis: 70, memoryMebibytes: 1355, ephemeralStorage: '1Gi' })
  expect(recommendedReservation(400, 2000).memoryMebibytes).toBe(4655)
  expect([1000, 2000, 4000, 8000, 96_000].map((cpu) => recommendedReservation(110, cpu).cpuMillis)).toEqual([
    60, 70, 80, 90, 310,
  ])
})

// The table of GKE's docs (flexible-pod-cidr).
test.each([
  [8, 28],
  [9, 27],
  [16, 27],
  [17, 26],
  [32, 26],
  [33, 25],
  [64, 25],
  [65, 24],
  [110, 24],
  [256, 23],
])('GKE gives a node of %i pods a /%i', (pods, mask) => expect(gkeMask(pods)).toBe(mask))

test('GKE keeps twice as many addresses as pods, and allows no more than 256', () => {
  expect([28, 24, 23, 20].map(gkeMaximum)).toEqual([8, 128, 256, 256])
})

test('the block of a node: 110 pods fit into the usual /24 with room for churn, 400 want a /22', () => {
  expect(nodeBlock(110)).toEqual({ least: 25, comfortable: 24 })
  expect(nodeBlock(250)).toEqual({ least: 24, comfortable: 23 })
  expect(nodeBlock(400)).toEqual({ least: 23, comfortable: 22 })
  expect(nodeBlock(1)).toEqual({ least: 29, comfortable: 29 })
  expect(nodeBlock(2_147_483_647)).toEqual({ least: 0, comfortable: 0 })
  expect(nodeBlock(2 ** 33)).toBeUndefined()
})

test('a pod subnet has blocks for so many nodes', () => {
  expect(nodesOf(16, 24)).toBe(256)
  expect(nodesOf(16, 22)).toBe(64)
  expect(nodesOf(24, 22)).toBe(0)
})

// kubernetes.io, PID limiting: a node with 262,144 process numbers that is to run 250 pods gives each about 1,000.
test('process numbers that each pod can have', () => {
  expect(podPidsLimitFor(250, 262_144)).toBe(1024)
  expect(podPidsLimitFor(400, 32_768)).toBe(64)
  expect(podPidsLimitFor(10_000, 32_768)).toBeUndefined()
})

test('kernel.pid_max that so many pods need', () => {
  expect(pidMaxFor(400, 1024)).toBe(524_288)
  expect(pidMaxFor(1, 16)).toBe(32_768)
  expect(pidMaxFor(1_000_000, 1024)).toBe(LARGEST_PID_MAX)
})
