// Previous and Next, by click or arrow key. The place that the presses lead to is kept here and sent
// whole: an answer to an older press does not undo a newer one.

const steppers = new WeakMap()
const OWN_ARROWS = "input, textarea, select, [contenteditable=true], [role=radiogroup], [role=slider]," +
  " [role=listbox], [role=tablist], [role=grid], [role=menu]"

export default function (component) {
  const { parentElement } = component
  if (!steppers.has(parentElement)) steppers.set(parentElement, create(parentElement))
  const stepper = steppers.get(parentElement)
  stepper.send = component.setTriggerValue
  heed(stepper, component.data)
  return () => {
    stepper.stop()
    steppers.delete(parentElement)
  }
}

function create(parent) {
  const root = parent.querySelector(".stepper")
  const stepper = { root, place: null, total: 0, seq: -1 }
  stepper.buttons = [
    arrowButton("Previous", "←", "before", () => step(stepper, -1)),
    arrowButton("Next", "→", "after", () => step(stepper, 1)),
  ]
  root.replaceChildren(...stepper.buttons)
  const listen = event => onKey(stepper, event)
  document.addEventListener("keydown", listen)
  stepper.stop = () => document.removeEventListener("keydown", listen)
  return stepper
}

function arrowButton(name, arrow, side, onClick) {
  const made = document.createElement("button")
  const sign = document.createElement("span")
  made.type = "button"
  made.onclick = onClick
  made.title = `${name} (${arrow})`
  sign.textContent = arrow
  sign.ariaHidden = "true"
  made.append(name)
  side === "before" ? made.prepend(sign) : made.append(sign)
  return made
}

function heed(stepper, data) {
  stepper.root.setAttribute("aria-label", data.label)
  stepper.total = data.total
  if (data.seq >= stepper.seq) {
    stepper.place = data.place
    stepper.seq = data.seq
  }
  show(stepper)
}

function show({ buttons: [previous, next], place, total }) {
  previous.disabled = place === null || place <= 0
  next.disabled = place === null || place >= total - 1
}

function step(stepper, way) {
  stepper.place += way
  stepper.seq += 1
  show(stepper)
  stepper.send("step", { place: stepper.place, seq: stepper.seq })
}

function onKey(stepper, event) {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return
  const way = { ArrowLeft: 0, ArrowRight: 1 }[event.key]
  const from = event.composedPath()[0]
  if (way === undefined || from.closest?.(OWN_ARROWS) || stepper.buttons[way].disabled) return
  event.preventDefault()
  stepper.buttons[way].click()
}
