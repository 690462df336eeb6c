/** Tables that are wider than the window scroll by themselves: then they can be reached by the keyboard, and have a name. */
export function followNarrowTables(): void {
  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries) update(target as HTMLElement)
  })
  for (const box of document.querySelectorAll<HTMLElement>('.table')) observer.observe(box)
}

function update(box: HTMLElement): void {
  if (box.scrollWidth > box.clientWidth) {
    box.tabIndex = 0
    box.role = 'region'
    box.ariaLabel = box.querySelector('caption')?.firstChild?.textContent ?? 'Table'
  } else {
    box.removeAttribute('tabindex')
    box.role = null
    box.ariaLabel = null
  }
}
