import type { ComparedFigure, Comparison } from '../../record/details/compare-details.ts'

/** What a person wants to see first: all that can fail the comparison, and all that differs. */
export function shownFigures({ figures }: Comparison, wide: boolean): readonly ComparedFigure[] {
  return figures.filter(
    ({ gates, verdict }) => wide || gates || ['regression', 'improvement', 'changed'].includes(verdict),
  )
}
