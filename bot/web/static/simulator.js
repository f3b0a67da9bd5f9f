// Phones on a page: asks the server how things stand, and draws what changed.
"use strict";

const EVERY_MS = 1500;
const phones = document.getElementById("phones");
const template = document.getElementById("phone");
const trouble = document.getElementById("trouble");
const drawn = new Map();

async function ask(path, body) {
  const options = body === undefined ? {} : {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  };
  const answer = await fetch("/simulator/" + path, options);
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.error || "Something went wrong.");
  return found;
}

// Runs one request with its button held down, and shows what went wrong in words.
async function act(button, path, body) {
  button.disabled = true;
  try {
    draw(await ask(path, body));
    say("");
    return true;
  } catch (error) {
    say(error.message);
    return false;
  } finally {
    button.disabled = false;
  }
}

function say(text) {
  trouble.textContent = text;
  trouble.hidden = !text;
}

function draw(state) {
  setText(document.getElementById("now"), state.now);
  drawList("escalations", state.escalations, "Nobody is waiting.", (one) => [one.state, one.what, one.red]);
  drawList("coming", state.coming, "Nothing is planned.", (one) => [one.when, one.what, false]);
  for (const phone of state.phones) drawPhone(phone);
}

function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function drawList(id, items, empty, read) {
  const list = document.getElementById(id);
  const wanted = JSON.stringify(items);
  if (list.dataset.shown === wanted) return;
  list.dataset.shown = wanted;
  list.replaceChildren(...(items.length ? items : [null]).map((item) => {
    const entry = document.createElement("li");
    if (item === null) {
      entry.textContent = empty;
      return entry;
    }
    const [head, text, red] = read(item);
    const bold = document.createElement("b");
    bold.textContent = red ? head + ", nobody reached" : head;
    entry.append(bold, text);
    entry.classList.toggle("red", red);
    return entry;
  }));
}

function drawPhone(phone) {
  let view = drawn.get(phone.address);
  if (!view) {
    view = makePhone(phone);
    drawn.set(phone.address, view);
  }
  const wanted = JSON.stringify(phone.lines);
  if (view.shown === wanted) return;
  view.shown = wanted;
  const seen = new Set();
  if (!phone.lines.length) {
    const none = document.createElement("li");
    none.className = "empty";
    none.textContent = "No texts yet.";
    view.lines.replaceChildren(none);
    return;
  }
  view.lines.querySelector(".empty")?.remove();
  for (const line of phone.lines) {
    seen.add(line.key);
    let entry = view.entries.get(line.key);
    if (!entry) {
      entry = document.createElement("li");
      entry.append(document.createElement("p"), document.createElement("div"));
      entry.lastChild.className = "meta";
      view.entries.set(line.key, entry);
    }
    view.lines.append(entry);
    entry.className = `line ${line.fromUs ? "from-us" : "from-them"} ${line.status}`;
    setText(entry.firstChild, line.body || "(empty)");
    const about = [line.when];
    if (line.fromUs) about.push(line.reason ? `${line.status}: ${line.reason.replaceAll("_", " ")}` : line.status);
    if (line.parts > 1) about.push(`${line.parts} parts`);
    if (line.note) about.push(line.note);
    setText(entry.lastChild, about.join(" · "));
  }
  for (const [key, entry] of view.entries) {
    if (!seen.has(key)) {
      entry.remove();
      view.entries.delete(key);
    }
  }
  view.lines.scrollTop = view.lines.scrollHeight;
}

function makePhone(phone) {
  const article = template.content.firstElementChild.cloneNode(true);
  article.classList.add(phone.holder);
  article.querySelector(".label").textContent = phone.label;
  article.querySelector(".detail").textContent = phone.detail;
  article.querySelector(".number").textContent = phone.number;
  const lines = article.querySelector(".lines");
  lines.setAttribute("aria-label", `Texts on ${phone.label}'s phone`);
  const form = article.querySelector("form");
  const field = form.elements.body;
  field.id = "write-" + phone.address.replace(/\W/g, "");
  field.maxLength = Number(document.body.dataset.longest);
  form.querySelector("label").htmlFor = field.id;
  form.querySelector("label").textContent = `Text from ${phone.label}`;
  field.placeholder = `Text from ${phone.label}`;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (form.elements[1].disabled) return;
    if (await act(form.elements[1], "texts", { address: phone.address, body: field.value })) field.value = "";
    field.focus();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  phones.append(article);
  return { lines, entries: new Map(), shown: "" };
}

for (const button of document.querySelectorAll("[data-to]")) {
  button.addEventListener("click", () => act(button, "clock", { to: button.dataset.to }));
}

document.getElementById("add").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const asked = { address: form.elements.address.value, label: form.elements.label.value };
  if (await act(form.querySelector("button"), "phones", asked)) form.reset();
});

if (window.matchMedia("(max-width: 60rem)").matches) document.getElementById("guide").open = false;

async function follow() {
  try {
    if (!document.hidden) {
      draw(await ask("state"));
      if (trouble.dataset.lost) say("");
      delete trouble.dataset.lost;
    }
  } catch {
    trouble.dataset.lost = "1";
    say("No answer from Gatepost. Is it still running? Trying again ...");
  }
  setTimeout(follow, EVERY_MS);
}
follow();
