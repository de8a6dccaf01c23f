/** A folder that is opened as a file shows its list instead of its page: links to folders get the name of the page. */
export function linkFiles(within: ParentNode): void {
  if (location.protocol !== 'file:') return
  for (const link of within.querySelectorAll('a'))
    if (link.protocol === 'file:') link.pathname = link.pathname.replace(/\/$/, '/index.html')
}
