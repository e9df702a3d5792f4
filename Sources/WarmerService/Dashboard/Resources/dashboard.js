// Counts down what is left, follows the server, and asks before it changes anything.
"use strict";

const live = document.getElementById("live");
let offset = 0; // How far this machine's clock is ahead of the server's.

function clock(milliseconds) {
  const whole = Math.max(0, Math.floor(milliseconds / 1000));
  const two = (number) => String(number).padStart(2, "0");
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  return hours > 0 ? `${hours}:${two(minutes)}:${two(seconds)}` : `${minutes}:${two(seconds)}`;
}

function count() {
  const now = Date.now() - offset;
  for (const bar of live.querySelectorAll("progress[data-until]")) {
    bar.value = Math.max(0, (Number(bar.dataset.until) - now) / 1000);
  }
  for (const text of live.querySelectorAll("[data-since]")) text.textContent = clock(now - Number(text.dataset.since));
  for (const text of live.querySelectorAll("[data-count]")) {
    const left = Number(text.dataset.count) - now;
    text.textContent = left > 0 ? clock(left) : text.dataset.end;
  }
}

function synchronize() {
  const bar = live.querySelector("[data-now]");
  if (bar) offset = Date.now() - Number(bar.dataset.now);
  count();
}

// Makes one tree like another and touches only what differs, so that focus and selections stay.
function morph(from, to) {
  if (from.nodeType !== to.nodeType || from.nodeName !== to.nodeName) return from.replaceWith(to);
  if (from.nodeType !== Node.ELEMENT_NODE) {
    if (from.data !== to.data) from.data = to.data;
    return;
  }
  for (const { name } of [...from.attributes]) if (!to.hasAttribute(name)) from.removeAttribute(name);
  for (const { name, value } of to.attributes) if (from.getAttribute(name) !== value) from.setAttribute(name, value);
  // What somebody is about to write or choose is theirs.
  if (from.matches("input, select")) return;
  const known = new Map();
  for (const child of from.children) if (child.dataset.key) known.set(child.dataset.key, child);
  let place = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    const key = wanted.dataset?.key;
    const match = key ? known.get(key) : place;
    if (!match || (!key && place.dataset?.key)) {
      from.insertBefore(wanted, place);
      continue;
    }
    if (match !== place) from.insertBefore(match, place);
    place = match.nextSibling;
    morph(match, wanted);
  }
  while (place) {
    const next = place.nextSibling;
    place.remove();
    place = next;
  }
}

function follow() {
  const link = document.getElementById("link");
  const events = new EventSource(live.dataset.live);
  const show = (isThere) => {
    link.textContent = isThere ? "live" : "not connected; trying again";
    link.classList.toggle("lost", !isThere);
  };
  events.addEventListener("open", () => show(true));
  events.addEventListener("error", () => show(false));
  events.addEventListener("page", (event) => {
    const wanted = live.cloneNode(false);
    wanted.innerHTML = event.data;
    morph(live, wanted);
    synchronize();
  });
  events.addEventListener("gone", () => {
    events.close();
    location.assign("/");
  });
  addEventListener("pagehide", () => events.close());
}

const ask = document.getElementById("ask");
const token = document.getElementById("token");
const stored = "control token";
let wish = null;

function open(button) {
  wish = button.dataset;
  document.getElementById("ask-title").textContent = wish.title;
  document.getElementById("ask-text").textContent = wish.text;
  document.getElementById("ask-yes").textContent = wish.yes;
  document.getElementById("ask-fault").textContent = "";
  document.getElementById("ask-token").hidden = sessionStorage.getItem(stored) !== null;
  token.value = "";
  ask.showModal();
}

function say(text) {
  const said = document.getElementById("said");
  said.textContent = text;
  setTimeout(() => { if (said.textContent === text) said.textContent = ""; }, 6000);
}

async function carryOut() {
  const fault = document.getElementById("ask-fault");
  const yes = document.getElementById("ask-yes");
  const bearer = sessionStorage.getItem(stored) ?? token.value.trim();
  fault.textContent = "";
  yes.disabled = true;
  try {
    const answer = await fetch(wish.path, { method: "POST", headers: { authorization: `Bearer ${bearer}` } });
    if (answer.status === 401) {
      sessionStorage.removeItem(stored);
      document.getElementById("ask-token").hidden = false;
      token.focus();
      throw new Error("That is not the token.");
    }
    if (!answer.ok) throw new Error((await answer.json()).error?.message ?? `The daemon answered ${answer.status}.`);
    sessionStorage.setItem(stored, bearer);
    const result = await answer.json();
    ask.close();
    say(result.failed > 0 ? `${wish.yes}: ${result.failed} of ${result.failed + result.warmed} failed` : `${wish.yes}: done`);
  } catch (error) {
    fault.textContent = error instanceof TypeError ? "The daemon does not answer." : error.message;
  } finally {
    yes.disabled = false;
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-path]");
  if (button) open(button);
});
ask.querySelector("form").addEventListener("submit", (event) => {
  event.preventDefault();
  carryOut();
});
document.getElementById("ask-no").addEventListener("click", () => ask.close());

synchronize();
setInterval(count, 1000);
follow();
