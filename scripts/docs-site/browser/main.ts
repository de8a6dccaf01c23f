// The program of the pages of docs/. Without it they can be read all the same.
import { startCalculator } from './calculator.ts'
import { addCopyButtons } from './copy.ts'
import { linkFiles } from './files.ts'
import { reachScrollers } from './scrollers.ts'
import { startSearch } from './search.ts'

const details = document.querySelector('nav.pages details')
if (details instanceof HTMLDetailsElement && !matchMedia('(min-width: 60rem)').matches) details.open = false
linkFiles(document)
addCopyButtons()
reachScrollers()
startSearch()
startCalculator()
