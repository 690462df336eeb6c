/*! With uPlot, https://github.com/leeoniya/uPlot, (c) Leon Sorokin, MIT licence */
import { drawPlots } from './draw-plots.ts'
import { followNarrowTables } from './narrow-tables.ts'
import { makeSortable } from './sort-tables.ts'

// All that the page does: without it the tables and texts are there, in the order of the record.

for (const table of document.querySelectorAll<HTMLTableElement>('table.sortable')) makeSortable(table)
followNarrowTables()
drawPlots()
// For those who measure how long that takes.
performance.mark('report-drawn')
