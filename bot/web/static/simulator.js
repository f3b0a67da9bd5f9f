// Phones on a page: asks the server how things stand, draws what has changed, hands in what is done.
import { arrange, drawPhones, fieldOf, make, setText, show } from "./simulator_phones.js";

const EVERY_MS = 1000;
const EVERY_MS_WHILE_MOVING = 250;
const byId = (id) => document.getElementById(id);
const trouble = byId("trouble");
const steps = [...byId("steps").children];
const moveButtons = [...document.querySelectorAll("[data-to]")];
let asked = 0;
let drawn = 0;
let tag = null;
let isMoving = false;
let newWhileMoving = 0;
let state = null;

class Refused extends Error {}

// Asks the server. Gives nothing when what is shown is how things stand.
async function ask(path, body) {
  const number = ++asked;
  const options = { cache: "no-store", headers: {} };
  if (body === undefined) {
    if (tag) options.headers["If-None-Match"] = tag;
  } else {
    options.method = "POST";
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  const answer = await fetch("/simulator/" + path, options);
  if (answer.status === 304) return;
  const found = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(found.error || "Something went wrong here.");
  if (number < drawn) return;
  drawn = number;
  tag = answer.headers.get("ETag");
  draw(found);
}

// Does one thing with its button held; gives whether it went well.
async function act(button, path, body, complain = say) {
  if (button.getAttribute("aria-disabled") === "true") return false;
  button.setAttribute("aria-disabled", "true");
  try {
    await ask(path, body);
    complain("");
    return true;
  } catch (error) {
    complain(error instanceof Refused ? error.message : "Gatepost does not answer. Is it still running?");
    return false;
  } finally {
    button.removeAttribute("aria-disabled");
  }
}

function say(text) {
  setText(trouble, text);
  trouble.hidden = !text;
}

function draw(found) {
  state = found;
  setText(byId("day"), found.now.day);
  setText(byId("time"), found.now.time);
  for (const [name, day] of Object.entries(found.moves)) {
    for (const hint of document.querySelectorAll(`.moves [data-to=${name}] span`)) setText(hint, day);
  }
  drawSteps(found.steps);
  drawList("escalations", found.escalations, "Nobody is waiting.", (one) => [`${one.urgency}: ${one.state}`, one.what, one.look]);
  drawList("coming", found.coming, "Nothing is planned.", (one) => [one.when, one.what, ""]);
  tell(drawPhones(found.phones, send));
}

// Says what came to whoever can't see it; on the way through the days only how much.
function tell(news) {
  newWhileMoving += news.length;
  if (!news.length || isMoving) return;
  const [name, body] = news[news.length - 1];
  setText(byId("told"), news.length > 3 ? `${news.length} new texts.` : `New text to ${name}: ${body}`);
}

function drawSteps({ done, person, offer }) {
  const now = done.indexOf(false);
  steps.forEach((step, place) => {
    const isNow = place === now;
    step.classList.toggle("done", done[place]);
    step.classList.toggle("current", isNow);
    if (isNow) step.setAttribute("aria-current", "step");
    else step.removeAttribute("aria-current");
    const inside = step.querySelector("div");
    if (!isNow && inside.contains(document.activeElement)) byId("guide-title").focus();
    inside.hidden = !isNow;
    if (done[place] && !step.querySelector(".tick")) step.querySelector("h3").append(make("span", "unseen tick", " (done)"));
  });
  byId("more").hidden = now !== -1;
  const names = { person: person?.name ?? "somebody", worker: offer?.name ?? "the worker", code: offer?.code ?? "K7" };
  for (const place of document.querySelectorAll("[data-name]")) setText(place, names[place.dataset.name]);
}

function drawList(id, items, empty, read) {
  const list = byId(id);
  const wanted = JSON.stringify(items);
  if (list.dataset.shown === wanted) return;
  list.dataset.shown = wanted;
  arrange(list, items.length ? items.map((item) => {
    const [head, text, look] = read(item);
    const entry = make("li", look);
    entry.append(make("b", "", head), document.createTextNode(" " + text));
    return entry;
  }) : [make("li", "none", empty)]);
}

async function send(form, address, field) {
  const body = field.value;
  field.value = "";
  const went = await act(form.querySelector("button"), "texts", { address, body });
  if (!went && !field.value) field.value = body;
}

async function move(button) {
  if (isMoving) return;
  isMoving = true;
  newWhileMoving = 0;
  const where = button.querySelector("b")?.textContent ?? button.textContent.replace("Go to ", "");
  setText(byId("told"), `Moving the clock: ${where}.`);
  document.body.classList.add("moving");
  document.querySelector(".busy").hidden = false;
  button.classList.add("pressed");
  for (const one of moveButtons) if (one !== button) one.setAttribute("aria-disabled", "true");
  follow();
  const went = await act(button, "clock", { to: button.dataset.to });
  isMoving = false;
  document.body.classList.remove("moving");
  document.querySelector(".busy").hidden = true;
  button.classList.remove("pressed");
  for (const one of moveButtons) one.removeAttribute("aria-disabled");
  if (went) setText(byId("told"), `It is ${state.now.day}, ${state.now.time}. New texts: ${newWhileMoving}.`);
}

// Puts the words of the guide into the right phone, for whoever follows it to send.
function write(button) {
  const { person, offer } = state.steps;
  const address = button.dataset.write === "worker" ? offer?.address : person?.address;
  const field = address && fieldOf(address);
  if (!field) return;
  field.value = button.dataset.words.replace("{code}", offer?.code ?? "");
  show(field.closest("article"));
  field.focus({ preventScroll: true });
}

for (const button of moveButtons) button.addEventListener("click", () => move(button));
for (const button of document.querySelectorAll("[data-write]")) button.addEventListener("click", () => write(button));

byId("guide-title").tabIndex = -1;
byId("add").addEventListener("submit", async (event) => {
  event.preventDefault();
  const form = event.target;
  const number = form.elements.address;
  const complain = (text) => {
    setText(byId("add-trouble"), text);
    number.setAttribute("aria-invalid", String(Boolean(text)));
  };
  const before = new Set(state?.phones.map((phone) => phone.address));
  const asking = { address: number.value, label: form.elements.label.value };
  if (!(await act(form.querySelector("button"), "phones", asking, complain))) {
    number.focus();
    return;
  }
  const added = state.phones.find((phone) => !before.has(phone.address));
  if (!added) {
    complain("That phone is here already.");
    return;
  }
  form.reset();
  const field = fieldOf(added.address);
  show(field.closest("article"));
  field.focus({ preventScroll: true });
});

let isLost = false;
let isAsking = false;
let timer = 0;
async function follow() {
  if (isAsking) return;
  isAsking = true;
  clearTimeout(timer);
  try {
    if (!document.hidden) await ask("state");
    if (isLost) say("");
    isLost = false;
  } catch {
    isLost = true;
    say("Gatepost does not answer. Is it still running? Trying again ...");
  }
  isAsking = false;
  timer = setTimeout(follow, isMoving ? EVERY_MS_WHILE_MOVING : EVERY_MS);
}
document.addEventListener("visibilitychange", () => { if (!document.hidden) follow(); });
follow();
