import { defineConfig } from 'vitest/config'

// unit: no cluster, seconds. browser: pages of runs, in Chromium. cluster: the shared control plane of the global set-up.
// disturbing: each file has a cluster of its own, which it restarts, floods or breaks. alone: the same, with figures that
// other work on the machine would change.
// Tests with clusters wait most of their time, for namespaces that go or traffic that flows, so three files run at once. No
// more: all clusters share the user's 128 inotify instances, and a start waits until there are enough (docs/test-cluster.md).
const FILES_AT_ONCE = 3
// A machine that is busy with other things can make any of these fail, and half an hour's work is lost then. So CI tries once
// more, and names at its end what needed that (test/second-tries.ts): each is a fault to be found. What fails at that too may
// do so for what its first try has left in the cluster: test/run.ts.
const TRIES_MORE = process.env.CI === undefined ? 0 : 1
// What a test waits for comes within a second as a rule, and on a machine that is busy it comes too.
const patience = { poll: { timeout: 10_000 } }
const withClusters = {
  retry: TRIES_MORE,
  expect: { poll: { timeout: 60_000 } },
  testTimeout: 600_000,
  hookTimeout: 600_000,
  maxWorkers: FILES_AT_ONCE,
  sequence: { groupOrder: 1 },
}

export default defineConfig({
  test: {
    reporters: ['default', './test/second-tries.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/**/*.{browser,cluster,disturbing,alone}.test.ts', 'test/fixtures/**'],
          expect: patience,
          testTimeout: 15_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'browser',
          include: ['test/**/*.browser.test.ts'],
          expect: patience,
          testTimeout: 120_000,
          hookTimeout: 600_000,
        },
      },
      {
        test: {
          ...withClusters,
          name: 'cluster',
          include: ['test/**/*.cluster.test.ts'],
          globalSetup: ['test/cluster/global-setup.ts'],
        },
      },
      {
        test: {
          ...withClusters,
          name: 'disturbing',
          include: ['test/**/*.disturbing.test.ts'],
        },
      },
      {
        test: {
          ...withClusters,
          name: 'alone',
          include: ['test/**/*.alone.test.ts'],
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
