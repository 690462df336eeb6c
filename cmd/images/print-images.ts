import { engineImages } from '../../lib/netperf/engines/engine-images.ts'
import { renderTable } from '../../lib/report/table.ts'
import { rewriteRegistry } from '../../lib/workload/images/image-reference.ts'
import { FORTIO_IMAGE, images, NETWORK_PERF_IMAGE } from '../../lib/workload/images/images.ts'
import type { Context } from '../command.ts'
import { PASSED } from '../exit-code.ts'
import type { OptionValues } from '../option-table.ts'
import type { imagesOptions } from './options.ts'

export async function printImages(
  { output, noHeaders, imageRegistry }: OptionValues<typeof imagesOptions>,
  { io }: Context,
): Promise<number> {
  const listed = [...images, ...netperfImages()].map(({ image, purpose }) => ({
    image: imageRegistry === undefined ? image : rewriteRegistry(image, imageRegistry),
    purpose,
  }))
  io.stdout.write(render(listed, output, !noHeaders))
  return PASSED
}

/** An image may have several engines, and other commands need those of some. */
function netperfImages(): typeof images {
  const byImage = Map.groupBy(Object.entries(engineImages), ([, { image }]) => image)
  return [...byImage].map(([image, engines]) => {
    const purposes = [
      `netperf: ${engines.map(([name]) => name).join(' and ')}`,
      ...(image === NETWORK_PERF_IMAGE || image === FORTIO_IMAGE ? ['cilium maps --load', 'accept'] : []),
      ...(image === NETWORK_PERF_IMAGE ? ['cilium bigtcp --bench'] : []),
    ]
    return { image, purpose: purposes.join('; ') }
  })
}

function render(listed: typeof images, output: 'table' | 'name' | 'json', headers: boolean): string {
  switch (output) {
    case 'name':
      return listed.map(({ image }) => `${image}\n`).join('')
    case 'json':
      return `${JSON.stringify(listed, null, 2)}\n`
    case 'table':
      return renderTable(
        [{ title: 'IMAGE' }, { title: 'PURPOSE' }],
        listed.map(({ image, purpose }) => [image, purpose]),
        headers,
      )
  }
}
