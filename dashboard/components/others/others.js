// Asks the server every second whether somebody else has changed what the page shows, and has it
// drawn anew where they have: not while a person writes, has something open, or looks elsewhere.

const EVERY = 1000 // ms
const PAUSE = 10_000 // ms without a letter, after which nobody writes any more
const BUSY = "[data-testid=stPopoverBody], [role=listbox], [role=dialog]"
const FIELDS = "input, textarea, [contenteditable=true]"
const watchers = new WeakMap()

export default function (component) {
  const { parentElement, data } = component
  if (!watchers.has(parentElement)) watchers.set(parentElement, create())
  const watcher = watchers.get(parentElement)
  watcher.send = component.setTriggerValue
  if (data.state !== watcher.known) watcher.told = ""
  watcher.known = data.state
  watcher.url = data.url
  return () => {
    clearInterval(watcher.timer)
    document.removeEventListener("input", watcher.listen, true)
    watchers.delete(parentElement)
  }
}

function create() {
  const watcher = { known: "", told: "", url: "", written: 0 }
  watcher.timer = setInterval(() => ask(watcher), EVERY)
  watcher.listen = () => { watcher.written = Date.now() }
  document.addEventListener("input", watcher.listen, true)
  return watcher
}

async function ask(watcher) {
  if (document.hidden || watcher.asking) return
  watcher.asking = true
  const { url, known } = watcher
  try {
    const answer = await fetch(url)
    const state = answer.ok ? await answer.text() : known
    // What was drawn meanwhile knows of it.
    if (state !== known && known === watcher.known && state !== watcher.told && !busy(watcher)) {
      watcher.told = state
      watcher.send("changed", state)
    }
  } catch {
    // The server is away: Streamlit says so.
  } finally {
    watcher.asking = false
  }
}

function busy(watcher) {
  const field = document.activeElement?.matches(FIELDS)
  const writes = field && Date.now() - watcher.written < PAUSE
  return writes || document.querySelector(BUSY) !== null
}
