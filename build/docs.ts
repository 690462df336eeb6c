import { writeFile } from 'node:fs/promises'
import { docPath, generateDocs, readDoc } from './generated-docs.ts'

// npm run docs: writes everything in the docs that follows from the code.

for (const [file, content] of await generateDocs()) {
  if ((await readDoc(file)) === content) continue
  await writeFile(docPath(file), content)
  console.error(`Wrote ${file}`)
}
