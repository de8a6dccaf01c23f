const SAID_MS = 2000

/** A button at each block of code that copies it. */
export function addCopyButtons(): void {
  for (const code of document.querySelectorAll('pre > code')) {
    const button = document.createElement('button')
    button.type = 'button'
    button.className = 'copy'
    say(button, 'Copy')
    button.addEventListener('click', () => {
      navigator.clipboard.writeText(code.textContent).then(
        () => say(button, 'Copied'),
        () => say(button, 'Not allowed here'),
      )
      setTimeout(() => say(button, 'Copy'), SAID_MS)
    })
    const block = document.createElement('div')
    block.className = 'code'
    code.parentElement?.replaceWith(block)
    const pre = document.createElement('pre')
    pre.append(code)
    block.append(pre, button)
  }
}

function say(button: HTMLButtonElement, text: string): void {
  button.textContent = text
  button.ariaLive = 'polite'
}
