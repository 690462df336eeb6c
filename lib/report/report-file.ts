/** A file that is made from a record, for the directory of a run. */
export interface ReportFile {
  /** Without any directory, fit for every file system. */
  name: string
  /** What it is, for the index: `record`, `kube-burner`, `perfdash` … */
  kind: string
  text: string
}
