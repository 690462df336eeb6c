/** What a function of a template finds wrong with its arguments; whoever called it adds where in the template. */
export class TemplateFault extends Error {
  override name = 'TemplateFault'
}
