import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import packageJson from '../package.json' with { type: 'json' }

// CONTRIBUTING.md promises that a fresh clone needs no step of its own before any of the scripts.

test('every script does its own set-up', () => {
  for (const [name, script] of Object.entries(packageJson.scripts)) {
    expect(script, name).toMatch(/^sh build\/setup\.sh($| && )/)
  }
})

test('CONTRIBUTING.md says what each script does', async () => {
  const text = await readFile(new URL('../CONTRIBUTING.md', import.meta.url), 'utf8')
  for (const name of Object.keys(packageJson.scripts)) {
    expect(text).toContain(name === 'test' ? '`npm test`' : `\`npm run ${name}\``)
  }
})
