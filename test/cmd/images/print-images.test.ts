import { expect, test } from 'vitest'
import { run } from '../../../cmd/root.ts'
import { engineImages } from '../../../lib/netperf/engines/engine-images.ts'
import { images } from '../../../lib/workload/images/images.ts'
import { fakeContext } from '../fake-context.ts'

async function list(...flags: string[]): Promise<string> {
  const { context, stdout } = fakeContext()
  expect(await run(['images', ...flags], context)).toBe(0)
  return stdout()
}

test('every image with what it is for', async () => {
  expect(await list()).toMatch(
    /^IMAGE +PURPOSE\nregistry\.k8s\.io\/pause:\S+ +density, ces-compare, accept, maxpods-check --verify: pods that do nothing\n/,
  )
  expect(await list()).toMatch(
    /^quay\.io\/\S+ +netperf: iperf3 and netperf; cilium maps --load; accept; cilium bigtcp --bench$/m,
  )
  expect(await list()).toMatch(/^docker\.io\/fortio\S+ +netperf: fortio; cilium maps --load; accept$/m)
  expect(await list('--no-headers')).toMatch(/^registry/)
  expect(JSON.parse(await list('-o', 'json'))).toEqual(expect.arrayContaining([...images]))
})

test('of netperf each image once, with all engines that it is for', async () => {
  const listed = JSON.parse(await list('-o', 'json')) as { image: string; purpose: string }[]
  for (const [engine, { image }] of Object.entries(engineImages)) {
    const entries = listed.filter((entry) => entry.image === image)
    expect(entries.map(({ purpose }) => purpose)).toEqual([expect.stringMatching(`^netperf: .*\\b${engine}\\b`)])
  }
})

test('the names alone, here and in a registry of one’s own', async () => {
  const names = (await list('-o', 'name')).split('\n')
  expect(names).toEqual(expect.arrayContaining([...images, ...Object.values(engineImages)].map(({ image }) => image)))
  expect(await list('-o', 'name', '--image-registry', 'registry.example.com/mirror/')).toMatch(
    /^registry\.example\.com\/mirror\/pause:\S+\n/,
  )
})
