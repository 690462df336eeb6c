import { expect, test } from 'vitest'
import { engineImages } from '../../../lib/netperf/engines/engine-images.ts'
import { pinnedVersion } from '../binaries/pinned-binaries.ts'
import { imageDefinitions } from './image-definitions.ts'

test('the default images of all engines are served, with a shell where the table says so', () => {
  for (const { image, hasShell, programs } of Object.values(engineImages)) {
    const definition = imageDefinitions.find(({ references }) => references.includes(image))
    const paths = [...Object.values(definition?.programs ?? {}), ...Object.values(definition?.binaries ?? {})]
    expect(paths.includes('/usr/bin/bash')).toBe(hasShell)
    for (const program of programs) {
      // Debian has not got netperf.
      const isThere = !program.startsWith('net')
      expect([program, paths.some((path) => path.endsWith(`/${program}`))]).toEqual([program, isThere])
    }
  }
})

test('the fortio that is built is the one of its image', () => {
  expect(`v${engineImages.fortio.image.split(':').at(-1)}`).toBe(pinnedVersion('fortio'))
})
