// A picture that the mouse rests on is shown larger, beside its tile.

const REST = 450 // milliseconds
const SIDE = 272 // pixels of the larger picture, with its frame

function onHover(gallery, event) {
  clearTimeout(gallery.resting)
  hideLarger(gallery)
  const picture = event.target.closest?.(".picture")
  const rests = event.pointerType === "mouse" && gallery.data.layout === "grid"
  if (rests && picture?.querySelector("img")) gallery.resting = setTimeout(showLarger, REST, gallery, picture)
}

function showLarger(gallery, picture) {
  const tile = picture.getBoundingClientRect()
  if (gallery.panel?.open || !picture.isConnected || tile.width >= SIDE) return
  const larger = (gallery.larger ??= makeLarger(gallery))
  const image = larger.querySelector("img")
  image.src = picture.querySelector("img").src
  larger.classList.toggle("squares", image.naturalWidth > 0 && image.naturalWidth * 4 <= SIDE)
  const after = tile.right + 8 + SIDE <= innerWidth
  larger.style.left = `${after ? tile.right + 8 : Math.max(0, tile.left - 8 - SIDE)}px`
  larger.style.top = `${Math.max(8, Math.min(innerHeight - SIDE - 8, tile.top + tile.height / 2 - SIDE / 2))}px`
  larger.showPopover()
}

function makeLarger(gallery) {
  const larger = make("div", "larger")
  larger.popover = "manual"
  larger.append(make("img"))
  larger.querySelector("img").alt = ""
  gallery.root.parentElement.append(larger)
  return larger
}

function hideLarger(gallery) {
  if (gallery.larger?.matches(":popover-open")) gallery.larger.hidePopover()
}
