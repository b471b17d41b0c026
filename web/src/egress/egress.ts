/**
 * The buttons of the public page /egress. The page is whole without this file: the buttons are hidden until it runs,
 * and everything can be selected by hand.
 */
import { firstTheme } from '../theme.ts'
import './egress.css'

const SHOWN_MS = 2_000

firstTheme()
for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copy]')) {
  const { copy = '', copied = '', join = '\n' } = button.dataset
  const label = button.textContent
  button.hidden = false
  button.addEventListener('click', async () => {
    const codes = document.getElementById(copy)?.querySelectorAll('code') ?? []
    await navigator.clipboard.writeText(Array.from(codes, (code) => code.textContent).join(join))
    button.textContent = copied
    const status = document.querySelector('[role=status]')
    if (status) status.textContent = copied
    setTimeout(() => {
      button.textContent = label
      if (status) status.textContent = ''
    }, SHOWN_MS)
  })
}
