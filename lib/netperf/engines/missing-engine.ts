import { PerfError } from '../../errors/perf-error.ts'
import type { EngineName } from '../test-case.ts'
import { engineImages } from './engine-images.ts'

/** The image of a container lacks an engine that its tests need. */
export class MissingEngine extends PerfError {
  override name = 'MissingEngine'
  readonly image: string
  readonly engine: EngineName
  /** Engines that the image has. */
  readonly present: readonly EngineName[]

  /** @param programs what of all engines' programs the image has */
  constructor(image: string, engine: EngineName, programs: ReadonlySet<string>) {
    const lacks = engineImages[engine].programs.find((program) => !programs.has(program)) ?? engine
    const names = Object.keys(engineImages) as EngineName[]
    const present = names.filter((name) => engineImages[name].programs.every((program) => programs.has(program)))
    const has = present.length === 0 ? '' : `; it has ${present.join(', ')}`
    super(`image ${image} has no ${engine}${lacks === engine ? '' : ` (the program ${lacks})`}${has}`, {
      advice: ['name an image that has it with --image, or another engine with --engine'],
    })
    this.image = image
    this.engine = engine
    this.present = present
  }
}
