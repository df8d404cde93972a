// Zoom and pan: pictures in frames that move together, by wheel, drag, two fingers and double click.

const CLOSEST = 64 // times as large as the whole picture
const SQUARES = 4 // screen pixels a picture's own, from which on each is drawn as a square
const IN = 1.5 // what a key or button adds

function zoomable(frames, onZoom = () => {}) {
  const view = { scale: 1, x: 0, y: 0 } // where the picture's corner lies, in parts of a frame
  const fingers = new Map()
  const show = () => {
    for (const frame of frames) {
      const image = frame.querySelector("img")
      if (!image) continue
      const fit = Math.min(frame.clientWidth / image.naturalWidth, frame.clientHeight / image.naturalHeight)
      image.style.transform = `translate(${view.x * 100}%, ${view.y * 100}%) scale(${view.scale})`
      frame.classList.toggle("squares", fit * view.scale >= SQUARES)
    }
    onZoom(view.scale)
  }
  const move = (x, y) => {
    view.x = Math.min(0, Math.max(1 - view.scale, x))
    view.y = Math.min(0, Math.max(1 - view.scale, y))
    show()
  }
  // The point (x, y) of the frame stays where it is.
  const zoom = (factor, x = 0.5, y = 0.5) => {
    const before = view.scale
    view.scale = Math.min(CLOSEST, Math.max(1, before * factor))
    const ratio = view.scale / before
    move(x - (x - view.x) * ratio, y - (y - view.y) * ratio)
  }
  const whole = () => {
    view.scale = 1
    move(0, 0)
  }
  const at = (frame, event) => {
    const box = frame.getBoundingClientRect()
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height]
  }
  const apart = () => {
    const [a, b] = [...fingers.values()]
    return b ? Math.hypot(a[0] - b[0], a[1] - b[1]) : 0
  }
  for (const frame of frames) {
    const lift = event => fingers.delete(event.pointerId)
    frame.onwheel = event => {
      event.preventDefault()
      zoom(Math.exp(-event.deltaY / 400), ...at(frame, event))
    }
    frame.ondblclick = event => (view.scale > 1 ? whole() : zoom(SQUARES, ...at(frame, event)))
    frame.onpointerdown = event => {
      frame.setPointerCapture(event.pointerId)
      fingers.set(event.pointerId, at(frame, event))
    }
    frame.onpointerup = frame.onpointercancel = lift
    frame.onpointermove = event => {
      const before = fingers.get(event.pointerId)
      if (!before) return
      const was = apart()
      const here = at(frame, event)
      fingers.set(event.pointerId, here)
      if (was) zoom(apart() / was, ...here)
      else move(view.x + here[0] - before[0], view.y + here[1] - before[1])
    }
    frame.querySelector("img")?.addEventListener("load", show)
  }
  return { show, whole, nearer: () => zoom(IN), farther: () => zoom(1 / IN) }
}
