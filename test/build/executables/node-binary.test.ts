import { expect, test } from 'vitest'
import { checkIntegrity, nodeVersion } from '../../../build/executables/node-binary.ts'
import { hostTarget, nodeArch, nodePlatform, targets } from '../../../build/executables/targets.ts'
import packageJson from '../../../package.json' with { type: 'json' }

test('a package with another content than the lock file has is refused', () => {
  // printf abc | openssl dgst -sha512 -binary | base64
  const integrity = 'sha512-3a81oZNherrMQXNJriBBMRLm+k6JqX6iCp7u5ktV05ohkpkqJ0/BqDa6PCOj/uu9RU1EI2Q86A4qmslPpUyknw=='
  expect(() => checkIntegrity('node-a', Buffer.from('abc'), integrity)).not.toThrow()
  expect(() => checkIntegrity('node-a', Buffer.from('abd'), integrity)).toThrow(
    'npm gave another node-a than package-lock.json has: sha512-',
  )
})

test('there is one version of Node, the one that runs this, and a package of it for every platform', () => {
  expect(`v${nodeVersion()}`).toBe(process.version)
  expect(targets.map(({ nodePackage }) => nodePackage).sort()).toEqual(
    Object.keys(packageJson.optionalDependencies).sort(),
  )
  const host = hostTarget()
  expect([nodePlatform(host), nodeArch(host)]).toEqual([process.platform, process.arch])
})
