// Draws bars. Each is a link over the whole width, as a short bar would be hard to hit. Names are
// data: they reach the page through textContent and attributes only.

export default function (component) {
  const list = component.parentElement.querySelector(".bars")
  list.ariaLabel = component.data.label
  const drawn = JSON.stringify(component.data.bars)
  if (list.dataset.drawn !== drawn) {
    list.dataset.drawn = drawn
    list.replaceChildren(...component.data.bars.map(drawBar))
  }
  list.onclick = event => {
    const bar = event.target.closest("a")
    if (!bar || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    if (event.detail < 2) component.setTriggerValue("open", { id: Number(bar.dataset.id) })
  }
}

function drawBar(bar) {
  const link = make("a", "bar")
  link.href = bar.href
  link.dataset.id = bar.id
  link.title = link.ariaLabel = bar.said
  link.draggable = false
  const track = make("span", "track")
  const length = make("span", "length")
  length.style.width = `${100 * bar.share}%`
  track.append(length, make("span", "number", bar.number))
  link.append(make("span", "name", bar.name), track)
  const item = make("li")
  item.append(link)
  return item
}
