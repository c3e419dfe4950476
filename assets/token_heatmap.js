// Words coloured by their weight, the same words in every pane, drawn with textContent alone.
//
// data: models, classes, unit, blocks [{label, parts [[text, unit or -1]]}], units [{name, place}],
// rows [{label, notes, details, values [reference, candidate, difference], ranks, top, halves, within, noise}],
// shared, difference, chosen, off, of, keeps, cuts [reference, candidate], mode ("read": a click chooses a word; "toggle": a click leaves it out or puts it back).

const POSITIVE = { light: [222, 108, 10], dark: [240, 150, 48] }
const NEGATIVE = { light: [0, 108, 176], dark: [86, 180, 233] }
const CONTRAST = 4.5
const STRONGEST = 0.76
const SHOWN_SIGN = 0.08
const BOTH = 3
const FRAMES = { 1: "only-reference", 2: "only-candidate", [BOTH]: "both" }
const DIFFERENCE = 2
const instances = new WeakMap()

export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  const root = parentElement.querySelector(".token-heatmap")
  if (!root || !data) return
  let instance = instances.get(root)
  if (!instance) {
    instance = { root, linked: -1 }
    instances.set(root, instance)
    listen(instance)
  }
  instance.data = data
  instance.send = setTriggerValue
  draw(instance)
}

function draw(instance) {
  const { root, data } = instance
  const focused = focusOf(root)
  instance.panes = []
  const theme = themeOf(root)
  const parts = data.mode === "toggle" ? [togglePane(instance)] : [legend(data), ...data.rows.map((row, at) => rowOf(instance, row, at, theme))]
  instance.readout = element("div", "readout")
  instance.readout.setAttribute("role", "status")
  if (data.mode !== "toggle") parts.push(instance.readout)
  root.replaceChildren(...parts)
  instance.linked = null
  link(instance, data.chosen ?? -1)
  if (focused) {
    const button = buttonAt(instance.panes[focused.pane], focused.unit)
    if (button) button.focus({ preventScroll: true })
  }
}

// ---------------------------------------------------------------------------------------------- parts

function element(tag, className, text) {
  const made = document.createElement(tag)
  if (className) made.className = className
  if (text !== undefined) made.textContent = text
  return made
}

function legend(data) {
  const list = element("ul", "legend")
  list.setAttribute("aria-label", "Legend")
  const name = data.unit
  const entries = [
    ["sign for", `speaks for the class`],
    ["sign against", `speaks against it`],
    ["frame both", `among the heaviest of both models`],
    ["frame only-reference", `of the reference alone`],
    ["frame only-candidate", `of the candidate alone`],
  ]
  if (data.difference) entries.push(["grey", "difference within the noise"])
  if (data.cuts?.length) entries.push(["cut", "cut into tokens, which share the weight of their word"])
  for (const [mark, text] of entries) {
    const entry = element("li")
    const sample = element("span", `sample ${mark}`, name)
    if (mark === "cut") sample.replaceChildren(...pieces(name, [2]))
    sample.setAttribute("aria-hidden", "true")
    entry.append(sample, element("span", "", text))
    list.append(entry)
  }
  return list
}

function rowOf(instance, row, at, theme) {
  const { data } = instance
  const section = element("section", "row")
  const head = element("div", "row-head")
  head.append(element("h4", "", row.label))
  for (const note of row.notes) head.append(element("span", "note", note))
  const reach = [0, 1].map((model) => largest(row.values[model]))
  const shared = row.limit ?? Math.max(...reach)
  if (data.shared) head.append(scaleBar(shared, theme, "same scale for both models"))
  section.append(head)
  const panes = element("div", data.difference ? "panes three" : "panes two")
  for (const model of [0, 1]) {
    const limit = data.shared ? shared : reach[model]
    const bar = data.shared ? null : scaleBar(limit, theme, "own scale")
    panes.append(pane(instance, { row, at, column: model, limit, theme, title: data.models[model], about: data.classes[model], detail: row.details[model], bar }))
  }
  if (data.difference) {
    const bar = data.shared ? null : scaleBar(shared, theme, "scale of the larger")
    panes.append(pane(instance, { row, at, column: DIFFERENCE, limit: shared, theme, title: "Difference", about: "", detail: { fit: "candidate − reference", poor: false, base: "" }, bar }))
  }
  section.append(panes)
  return section
}

function pane(instance, { row, at, column, limit, theme, title, about, detail, bar }) {
  const { data } = instance
  const box = element("div", column === DIFFERENCE ? "pane difference" : "pane")
  const head = element("div", "pane-head")
  const name = element("strong", "", title)
  name.dir = "auto"
  const line = element("span", "detail")
  if (about) {
    const speaks = element("span", "about", `for “${about}”`)
    speaks.dir = "auto"
    line.append(speaks)
  }
  line.append(element("span", detail.poor ? "poor" : "", detail.fit))
  if (detail.base) line.append(element("span", "base", detail.base))
  head.append(name, line)
  if (bar) head.append(bar)
  const body = element("div", "text")
  body.setAttribute("role", "group")
  body.setAttribute("aria-label", `${row.label}, ${title}${about ? `, for ${about}` : ""}`)
  body.dataset.pane = String(instance.panes.length)
  body.dataset.row = String(at)
  body.dataset.column = String(column)
  instance.panes.push(body)
  const cuts = column === DIFFERENCE ? null : data.cuts?.[column]
  write(body, data, (button, unit) => {
    if (cuts?.[unit]?.length) button.replaceChildren(...pieces(button.textContent, cuts[unit]))
    const value = row.values[column][unit]
    const within = column === DIFFERENCE && row.within[unit]
    paint(button, within ? 0 : share(value, limit), theme)
    if (within) {
      button.classList.add("grey")
      button.style.color = theme.muted
    }
    const top = row.top[unit]
    const here = column === DIFFERENCE ? top : top & (column + 1) ? top : 0
    if (FRAMES[here]) button.classList.add("frame", FRAMES[here])
  })
  box.append(head, body)
  return box
}

function togglePane(instance) {
  const { data } = instance
  const body = element("div", "text toggles")
  body.setAttribute("role", "group")
  body.setAttribute("aria-label", "Words of the text: press a word to leave it out or put it back")
  body.dataset.pane = "0"
  instance.panes.push(body)
  const off = new Set(data.off)
  write(body, data, (button, unit) => press(button, off.has(unit)))
  return body
}

function press(button, off) {
  button.classList.toggle("off", off)
  button.setAttribute("aria-pressed", String(off))
}

function write(body, data, finish) {
  let first = true
  for (const block of data.blocks) {
    if (block.label) body.append(element("div", "block-label", block.label))
    const paragraph = element("p")
    paragraph.dir = "auto"
    for (const [text, unit] of block.parts) {
      if (unit < 0) {
        // What follows a word without a space begins no line.
        const held = paragraph.lastChild?.matches(".word") ? text.match(/^\S*/)[0] : ""
        if (held) {
          const together = element("span", "together")
          together.append(paragraph.lastChild, element("span", "gap", held))
          paragraph.append(together)
        }
        if (text.length > held.length) paragraph.append(element("span", "gap", text.slice(held.length)))
        continue
      }
      const button = element("button", "word", text)
      button.type = "button"
      button.dataset.unit = String(unit)
      button.tabIndex = first ? 0 : -1
      first = false
      finish(button, unit)
      paragraph.append(button)
    }
    body.append(paragraph)
  }
}

function pieces(text, cuts) {
  const characters = [...text]
  const ends = [...cuts.filter((cut) => cut < characters.length), characters.length]
  return ends.map((end, at) => element("span", "piece", characters.slice(at ? ends[at - 1] : 0, end).join("")))
}

function scaleBar(limit, theme, label) {
  const bar = element("span", "scale")
  const colours = element("span", "colours")
  for (let step = -4; step <= 4; step += 1) {
    const box = element("span")
    box.style.backgroundColor = shade(step / 4, theme)
    colours.append(box)
  }
  colours.setAttribute("aria-hidden", "true")
  bar.append(element("span", "", signed(-limit)), colours, element("span", "", signed(limit)), element("span", "what", label))
  return bar
}

// ---------------------------------------------------------------------------------------------- colour

function themeOf(root) {
  const style = getComputedStyle(root)
  const background = colour(style.getPropertyValue("--st-background-color")) ?? [255, 255, 255]
  const ink = colour(style.getPropertyValue("--st-text-color")) ?? [20, 20, 20]
  const mode = luminance(background) < 0.2 ? "dark" : "light"
  root.dataset.mode = mode
  let muted = ink
  for (let weight = 0.05; weight < 1; weight += 0.05) {
    const fainter = mix(ink, background, weight)
    if (contrast(fainter, background) < CONTRAST + 0.2) break
    muted = fainter
  }
  return { background, ink, positive: POSITIVE[mode], negative: NEGATIVE[mode], muted: css(muted) }
}

function blend(level, theme) {
  return mix(theme.background, level < 0 ? theme.negative : theme.positive, STRONGEST * Math.abs(level))
}

function shade(level, theme) {
  return css(blend(level, theme))
}

function paint(node, level, theme) {
  const strength = Math.abs(level)
  const background = blend(level, theme)
  node.style.backgroundColor = strength > 0 ? css(background) : "transparent"
  const inks = [theme.ink, [0, 0, 0], [255, 255, 255]]
  const readable = inks.find((ink) => contrast(ink, background) >= CONTRAST) ?? inks[0]
  node.style.color = css(readable)
  node.dataset.level = level.toFixed(3)
  if (strength >= SHOWN_SIGN) node.classList.add(level > 0 ? "for" : "against")
}

function colour(text) {
  const given = (text ?? "").trim()
  const hex = /^#([0-9a-f]{3,8})$/i.exec(given)
  if (hex) {
    const digits = hex[1].length < 6 ? [...hex[1]].map((digit) => digit + digit).join("") : hex[1]
    return [0, 2, 4].map((at) => parseInt(digits.slice(at, at + 2), 16))
  }
  const numbers = /^rgba?\(([^)]*)\)$/i.exec(given)
  return numbers ? numbers[1].split(/[\s,/]+/).slice(0, 3).map(Number) : null
}

function mix(from, to, weight) {
  return from.map((value, at) => Math.round(value + (to[at] - value) * weight))
}

function css(rgb) {
  return `rgb(${rgb.join(", ")})`
}

function luminance(rgb) {
  const [red, green, blue] = rgb.map((value) => {
    const part = value / 255
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

function contrast(first, second) {
  const [dark, bright] = [luminance(first), luminance(second)].sort((a, b) => a - b)
  return (bright + 0.05) / (dark + 0.05)
}

// ---------------------------------------------------------------------------------------------- numbers

function largest(values) {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
}

function share(value, limit) {
  return limit > 0 ? Math.max(-1, Math.min(1, value / limit)) : 0
}

function signed(value) {
  const digits = Math.abs(value) > 0 && Math.abs(value) < 0.0995 ? 3 : 2
  const text = Math.abs(value).toFixed(digits)
  if (Number(text) === 0) return value === 0 ? "0" : `${value < 0 ? "−" : "+"}0.000`
  return (value < 0 ? "−" : "+") + text
}

// ---------------------------------------------------------------------------------------------- hover, focus, keys

function listen(instance) {
  const { root } = instance
  root.addEventListener("pointerover", (event) => {
    const unit = unitOf(event.target)
    if (unit >= 0) link(instance, unit)
  })
  root.addEventListener("pointerleave", () => link(instance, instance.data.chosen ?? -1))
  root.addEventListener("focusin", (event) => {
    const unit = unitOf(event.target)
    if (unit >= 0) link(instance, unit)
  })
  root.addEventListener("click", (event) => {
    const button = event.target.closest(".word")
    if (!button) return
    const unit = Number(button.dataset.unit)
    rove(button)
    if (instance.data.mode === "toggle") press(button, !button.classList.contains("off"))
    if (instance.data.keeps) instance.send("clicked", { unit, of: instance.data.of })
  })
  root.addEventListener("keydown", (event) => move(instance, event))
}

function unitOf(target) {
  const button = target.closest ? target.closest(".word") : null
  return button ? Number(button.dataset.unit) : -1
}

function buttonAt(body, unit) {
  return body ? body.querySelector(`[data-unit="${Number(unit)}"]`) : null
}

function focusOf(root) {
  const active = root.getRootNode().activeElement
  if (!active || !root.contains(active) || !active.dataset.unit) return null
  return { pane: Number(active.closest(".text").dataset.pane), unit: Number(active.dataset.unit) }
}

function rove(button) {
  const body = button.closest(".text")
  for (const other of body.querySelectorAll('.word[tabindex="0"]')) other.tabIndex = -1
  button.tabIndex = 0
}

function move(instance, event) {
  const button = event.target.closest(".word")
  if (!button) return
  const body = button.closest(".text")
  const words = [...body.querySelectorAll(".word")]
  const at = words.indexOf(button)
  const turned = getComputedStyle(button.parentElement).direction === "rtl" ? -1 : 1
  const steps = { ArrowRight: turned, ArrowLeft: -turned, Home: -at, End: words.length - 1 - at }
  let next = null
  if (event.key in steps) next = words[at + steps[event.key]]
  else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const row = Number(body.dataset.row) + (event.key === "ArrowDown" ? 1 : -1)
    const other = instance.panes.find((pane) => Number(pane.dataset.row) === row && pane.dataset.column === body.dataset.column)
    next = buttonAt(other, button.dataset.unit)
  } else return
  event.preventDefault()
  if (!next) return
  rove(next)
  next.focus()
}

function link(instance, unit) {
  if (unit === instance.linked) return
  instance.linked = unit
  for (const body of instance.panes) {
    for (const old of body.querySelectorAll(".linked")) old.classList.remove("linked")
    const button = buttonAt(body, unit)
    if (button) button.classList.add("linked")
  }
  if (instance.data.mode !== "toggle") describe(instance, unit)
}

// ---------------------------------------------------------------------------------------------- readout

function describe(instance, unit) {
  const { data, readout } = instance
  const what = data.units[unit]
  readout.classList.toggle("active", Boolean(what))
  if (!what) {
    const keeps = data.keeps ? " A click keeps it." : ""
    const hint = `Point at a ${data.unit}, or move with the arrow keys, to read its weights in both models.${keeps}`
    readout.replaceChildren(element("span", "hint", hint))
    return
  }
  const title = element("div", "readout-head")
  const name = element("strong", "", what.name)
  name.dir = "auto"
  title.append(name, element("span", "detail", what.place))
  const table = element("table")
  const head = element("tr")
  for (const text of ["", ...data.models, "Difference"]) {
    const cell = element("th", "", text)
    cell.scope = "col"
    cell.dir = "auto"
    head.append(cell)
  }
  const top = element("thead")
  top.append(head)
  const body = element("tbody")
  if (data.cuts?.length) body.append(tokensRow(data, unit))
  for (const row of data.rows) body.append(readoutRow(row, unit))
  table.append(top, body)
  readout.replaceChildren(title, table)
}

function tokensRow(data, unit) {
  const line = element("tr")
  const label = element("th", "", "Tokens")
  label.scope = "row"
  line.append(label)
  for (const model of [0, 1]) {
    const parts = pieces(data.units[unit].name, data.cuts[model][unit]).map((piece) => piece.textContent)
    const cell = element("td")
    const text = element("span", "detail", parts.join(" | "))
    text.dir = "auto"
    cell.append(text)
    line.append(cell)
  }
  line.append(element("td"))
  return line
}

function readoutRow(row, unit) {
  const line = element("tr")
  const label = element("th", "", row.label)
  label.scope = "row"
  line.append(label)
  for (const model of [0, 1]) {
    const cell = element("td")
    cell.append(element("span", "figure", signed(row.values[model][unit])))
    const rank = row.ranks[model][unit]
    const marked = row.top[unit] & (model + 1) ? ", top" : ""
    cell.append(element("span", "detail", rank > 0 ? `rank ${rank}${marked}` : "no weight"))
    const halves = row.halves[model]
    if (halves) cell.append(element("span", "detail halves", `halves ${signed(halves[0][unit])}, ${signed(halves[1][unit])}`))
    line.append(cell)
  }
  const cell = element("td")
  cell.append(element("span", "figure", signed(row.values[DIFFERENCE][unit])))
  const noise = row.noise === null ? "no sampling noise" : row.within[unit] ? `within the noise of ±${row.noise.toFixed(3)}` : `beyond the noise of ±${row.noise.toFixed(3)}`
  cell.append(element("span", "detail", noise))
  line.append(cell)
  return line
}
