// Sets how opaque maps are, for every gallery of the page: see `.over` in gallery.css.

let share = 100 // kept from one page to the next

export default function ({ parentElement }) {
  const slider = parentElement.querySelector("input")
  const show = () => document.documentElement.style.setProperty("--fencepost-map", share / 100)
  slider.value = share
  slider.oninput = () => {
    share = Number(slider.value)
    show()
  }
  show()
}
