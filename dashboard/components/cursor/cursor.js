// A keyboard that slides over half of a phone is not wanted before it is asked for.

const TRIES = 60 // frames, about a second: the field may be drawn after this
const seen = new WeakMap() // where this stands -> the field that has had the cursor

export default function ({ parentElement, data }) {
  if (seen.get(parentElement) === data.field) return // the page is drawn anew: a person may be elsewhere
  seen.set(parentElement, data.field)
  if (!matchMedia("(pointer: coarse)").matches) focus(data.field, TRIES)
}

function focus(field, tries) {
  const named = field.trim().replaceAll(/[^a-zA-Z0-9_-]/g, "-") // as Streamlit writes a key
  const input = document.querySelector(`.st-key-${named} input`)
  if (input) input.focus({ preventScroll: true })
  else if (tries) requestAnimationFrame(() => focus(field, tries - 1))
}
