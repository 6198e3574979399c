"use strict";
// What the page's script is made with: nothing here knows of networks. Text is only ever set as text.

const number = (() => {
  const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
  // Some weights are all far below 1: three digits tell them apart.
  const part = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
  return { format: (n) => (Number.isInteger(n) ? whole : part).format(n) };
})();

const by = (id) => document.getElementById(id);
const when = (ts) => new Date(ts * 1000).toISOString().replace("T", " ").slice(0, 19);
const count = (n, what) => `${number.format(n)} ${what}${n === 1 ? "" : "s"}`;

async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text.trim()), (sign) => sign.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

function make(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  if (text !== null) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

function button(text, action) {
  const made = make("button", text, { type: "button", class: "link" });
  made.addEventListener("click", action);
  return made;
}

function bullets(items) {
  const list = make("ul", null);
  for (const parts of items) {
    const item = make("li", null);
    item.append(...parts);
    list.append(item);
  }
  return list;
}

// From a point to a stretch between two others.
function distance(x, y, ax, ay, bx, by_) {
  const [dx, dy] = [bx - ax, by_ - ay];
  const t = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(x - ax - t * dx, y - ay - t * dy);
}
