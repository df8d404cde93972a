// Two to four images over the whole window. Wheel, fingers, + and - zoom all of them at once.

const windows = new WeakMap()

export default function (component) {
  const { parentElement, data } = component
  const offer = parentElement.querySelector(".offer")
  offer.title = "Show the picked images side by side, with one zoom for all"
  if (!windows.has(parentElement)) windows.set(parentElement, { offer })
  const own = windows.get(parentElement)
  offer.onclick = () => show(own, parentElement, data.tiles)
  return () => {
    own.box?.remove()
    windows.delete(parentElement)
  }
}

function show(own, parent, tiles) {
  own.box?.remove()
  const box = (own.box = make("div", "side"))
  box.popover = "manual"
  box.tabIndex = -1
  box.role = "dialog"
  box.ariaLabel = `${tiles.length} picked images side by side`
  const close = () => {
    box.remove()
    own.offer.focus({ preventScroll: true })
  }
  const row = make("div", "row")
  row.append(...tiles.map(drawOne))
  const zoom = zoomable([...row.querySelectorAll(".frame")])
  const head = make("div", "head")
  const words = make("span", "words", "Wheel or two fingers zoom all; drag moves them.")
  head.append(
    words,
    button("−", "Zoom out (-)", zoom.farther),
    button("+", "Zoom in (+)", zoom.nearer),
    button("✕", "Close (Esc)", close)
  )
  const keys = { Escape: close, "+": zoom.nearer, "-": zoom.farther, 0: zoom.whole }
  box.onkeydown = event => {
    event.stopPropagation()
    keys[event.key]?.()
  }
  box.append(head, row)
  parent.append(box)
  box.showPopover()
  box.focus({ preventScroll: true })
}

function drawOne(tile) {
  const one = make("figure", "one")
  const frame = make("div", "frame")
  const image = make("img")
  image.alt = `Image ${tile.index}: true class ${tile.label}, predicted class ${tile.pred}`
  if (tile.src) {
    image.src = `${tile.src}?side=full`
    frame.append(image)
  } else frame.append(make("span", "", "no image"))
  const words = make("figcaption")
  words.append(
    make("span", "", `#${tile.index} ${tile.label} ${tile.labelProb}`),
    make("span", tile.correct ? "" : "wrong", tile.correct ? "" : ` → ${tile.pred} ${tile.predProb}`)
  )
  one.append(frame, words)
  return one
}
