import { fileURLToPath } from 'node:url'
import { buildSync, type Metafile } from 'esbuild'

/** What a page has beside its text: one script and one style sheet, with all that they use inside. */
export interface PageAssets {
  readonly script: string
  readonly style: string
}

/**
 * Those of the folder `page`. When the program runs from its sources they are bundled for each page; in a binary there is
 * no bundler, and build/bundle.ts puts the result in the place of this module.
 */
export function pageAssets(): PageAssets {
  return bundlePage()
}

/** @returns also what of which package is in it, by paths from the root of the project */
export function bundlePage(): PageAssets & { readonly metafile: Metafile } {
  const { outputFiles, metafile } = buildSync({
    absWorkingDir: fileURLToPath(new URL('../../..', import.meta.url)),
    entryPoints: ['lib/report/html/page/page.ts', 'lib/report/html/page/style.css'],
    outdir: 'out',
    write: false,
    metafile: true,
    bundle: true,
    minify: true,
    format: 'iife',
    target: 'es2022',
    // The licence of what is inside goes with it.
    legalComments: 'inline',
    charset: 'utf8',
  })
  const textOf = (extension: string) => outputFiles.find(({ path }) => path.endsWith(extension))?.text.trim() ?? ''
  return { script: textOf('.js'), style: textOf('.css'), metafile }
}
