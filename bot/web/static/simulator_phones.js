// Draws the phones and their texts, and only what has changed since.
const shelf = document.getElementById("phones");
const jump = document.getElementById("jump");
const template = document.getElementById("phone");
const longest = Number(document.body.dataset.longest);
const views = new Map();
const NEAR_THE_END = 60;
const EMPTY = { person: "No texts yet", worker: "No pages yet", other: "Text us from here" };

export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

// Draws every phone; gives the texts that came to one since the last time, as [name, body] pairs.
export function drawPhones(phones, send) {
  const isFirst = views.size === 0;
  const news = [];
  for (const phone of phones) {
    let view = views.get(phone.address);
    if (!view) {
      view = makePhone(phone, send);
      views.set(phone.address, view);
    }
    setText(view.about, phone.about);
    view.article.classList.toggle("stopped", phone.stopped);
    view.article.classList.toggle("on-call", phone.onCall);
    const wanted = JSON.stringify(phone.lines);
    if (view.shown === wanted) continue;
    view.shown = wanted;
    const came = drawLines(view, phone.lines);
    if (!isFirst) {
      news.push(...came.filter((line) => line.fromUs).map((line) => [phone.label, line.body]));
      if (came.some((line) => line.fromUs) && !view.isInView) view.chip.classList.add("new");
    }
  }
  return news;
}

// The field to write in on the phone with this address.
export function fieldOf(address) {
  return views.get(address)?.field;
}

function drawLines(view, lines) {
  const list = view.lines;
  const wasAtEnd = list.scrollHeight - list.scrollTop - list.clientHeight < NEAR_THE_END;
  const came = [];
  const wanted = [];
  let day = "";
  if (!lines.length) wanted.push(view.empty);
  for (const line of lines) {
    if (line.day !== day) {
      day = line.day;
      wanted.push(entryOf(view, "day " + day, () => make("li", "day", day)));
    }
    const entry = entryOf(view, line.key, () => {
      came.push(line);
      const made = make("li");
      made.append(make("p"), make("div", "meta"));
      return made;
    });
    entry.className = `line ${line.fromUs ? "from-us" : "from-them"} ${line.look}`;
    setText(entry.firstChild, line.body || "(an empty text)");
    setText(entry.lastChild, [line.time, ...line.about, line.note].filter(Boolean).join(" · "));
    wanted.push(entry);
  }
  arrange(list, wanted);
  const kept = new Set(wanted);
  for (const [key, entry] of view.entries) if (!kept.has(entry)) view.entries.delete(key);
  if (came.length && (wasAtEnd || came.some((line) => !line.fromUs))) list.scrollTop = list.scrollHeight;
  return came;
}

function entryOf(view, key, create) {
  if (!view.entries.has(key)) view.entries.set(key, create());
  return view.entries.get(key);
}

// Puts these children in this order, moving only those that are elsewhere.
export function arrange(parent, wanted) {
  wanted.forEach((child, place) => {
    if (parent.children[place] !== child) parent.insertBefore(child, parent.children[place] ?? null);
  });
  while (parent.children.length > wanted.length) parent.lastElementChild.remove();
}

function makePhone(phone, send) {
  const article = template.content.firstElementChild.cloneNode(true);
  const id = phone.address.replace(/\W/g, "");
  article.classList.add(phone.holder);
  article.id = "phone-" + id;
  article.setAttribute("aria-label", `${phone.label}'s phone`);
  setText(article.querySelector(".label"), phone.label);
  setText(article.querySelector(".face"), [...phone.label][0].toUpperCase());
  setText(article.querySelector(".number"), phone.number + (phone.role ? ", " + phone.role : ""));
  const lines = article.querySelector(".lines");
  lines.setAttribute("aria-label", `Texts on ${phone.label}'s phone`);
  const form = article.querySelector("form");
  const field = form.elements.body;
  const label = form.querySelector("label");
  field.id = "write-" + id;
  field.maxLength = longest;
  field.placeholder = label.textContent = `Text from ${phone.label}`;
  label.htmlFor = field.id;
  form.querySelector("button").setAttribute("aria-label", `Send from ${phone.label}`);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (field.value.trim()) send(form, phone.address, field);
    field.focus();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  const chip = make("a", "chip " + phone.holder, phone.label);
  chip.href = "#" + article.id;
  chip.append(make("span", "unseen", " has a new text"));
  chip.addEventListener("click", (event) => {
    event.preventDefault();
    show(article);
    field.focus({ preventScroll: true });
  });
  jump.append(chip);
  shelf.append(article);
  const empty = make("li", "empty", EMPTY[phone.holder]);
  const about = article.querySelector(".about");
  const view = { article, chip, field, lines, empty, about, entries: new Map(), shown: "", isInView: false };
  new IntersectionObserver(([latest]) => {
    view.isInView = latest.isIntersecting;
    if (view.isInView) chip.classList.remove("new");
  }, { threshold: 0.5 }).observe(article);
  return view;
}

// Brings a phone into view without moving more than it must.
export function show(article) {
  article.scrollIntoView({ block: "nearest", inline: "center" });
}
