// Probabilities of both models, a pair of bars for each class, drawn with textContent alone.
//
// data: models [reference, candidate], rows [{name, tags [text], values [p, p], before [p, p] or null, winners [bool, bool]}].

export default function (component) {
  const { data, parentElement } = component
  const root = parentElement.querySelector(".probability-bars")
  if (!root || !data) return
  const key = element("div", "key")
  data.models.forEach((model, at) => {
    const entry = element("span", "entry")
    const name = element("span", "", model)
    name.dir = "auto"
    entry.append(element("span", `swatch ${side(at)}`), name)
    key.append(entry)
  })
  if (data.rows.some((row) => row.before)) {
    const entry = element("span", "entry")
    entry.append(element("span", "was-sample"), element("span", "", data.before))
    key.append(entry)
  }
  const list = element("ul", "classes")
  list.setAttribute("aria-label", "Probability of each class")
  list.append(...data.rows.map((row) => classRow(row, data)))
  root.replaceChildren(key, list)
}

function side(at) {
  return at === 0 ? "reference" : "candidate"
}

function element(tag, className, text) {
  const made = document.createElement(tag)
  if (className) made.className = className
  if (text !== undefined) made.textContent = text
  return made
}

function classRow(row, data) {
  const item = element("li", "class")
  const label = element("div", "label")
  const name = element("strong", "", row.name)
  name.dir = "auto"
  label.append(name, ...row.tags.map((tag) => element("span", "tag", tag)))
  const bars = element("div", "bars")
  row.values.forEach((value, at) => {
    const line = element("div", "line")
    const track = element("div", "track")
    const fill = element("div", `fill ${side(at)}`)
    fill.style.width = percent(value)
    track.append(fill)
    if (row.before) {
      const was = element("div", "was")
      was.style.left = percent(row.before[at])
      track.append(was)
    }
    const figure = element("span", row.winners[at] ? "figure winner" : "figure", value.toFixed(3))
    line.append(track, figure)
    if (row.winners[at]) line.append(element("span", "answer", "answer"))
    else line.append(element("span", "answer"))
    line.setAttribute("role", "img")
    const changed = row.before ? `, ${data.before} ${row.before[at].toFixed(3)}` : ""
    line.setAttribute("aria-label", `${data.models[at]}: ${row.name} ${value.toFixed(3)}${row.winners[at] ? ", its answer" : ""}${changed}`)
    bars.append(line)
  })
  item.append(label, bars)
  return item
}

function percent(value) {
  return `${(100 * Math.max(0, Math.min(1, value))).toFixed(2)}%`
}
