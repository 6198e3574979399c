"use strict";
// Helpers of the page's script that know nothing of networks. Text is only ever set as text, never as mark-up.

const number = (() => {
  const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
  // Three significant digits distinguish weights that are all far below 1.
  const part = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
  return { format: (n) => (Number.isInteger(n) ? whole : part).format(n) };
})();

const by = (id) => document.getElementById(id);
const when = (ts) => new Date(ts * 1000).toISOString().replace("T", " ").slice(0, 19);
const count = (n, what, several = `${what}s`) => `${number.format(n)} ${n === 1 ? what : several}`;

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

// The distance from a point to the segment between two others.
function distance(x, y, ax, ay, bx, by_) {
  const [dx, dy] = [bx - ax, by_ - ay];
  const t = Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
  return Math.hypot(x - ax - t * dx, y - ay - t * dy);
}
