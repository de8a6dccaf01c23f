/** What is wider than its place can be scrolled from the keyboard; what is not is no stop on the way. */
export function reachScrollers(): void {
  const watcher = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      if (target.scrollWidth > target.clientWidth) target.setAttribute('tabindex', '0')
      else target.removeAttribute('tabindex')
    }
  })
  for (const scroller of document.querySelectorAll('pre, .scroll')) watcher.observe(scroller)
}
