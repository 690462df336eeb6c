import { runGo } from './go.ts'
import { type Family, moduleFolder, modulePath } from './pinned-binaries.ts'

/** The folder with the source of a family's Go module, of the pinned version; it is downloaded if need be. Must only be read. */
export async function moduleSource(family: Family): Promise<string> {
  const lines = await runGo(['mod', 'download', '-json', modulePath(family)], moduleFolder(family))
  const module: unknown = JSON.parse(lines.join('\n'))
  return (module as { Dir: string }).Dir
}
