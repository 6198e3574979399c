"use strict";
// The networks of the page: drawn with Bokeh; a click shows details beside them. Text of posts is only ever set as text.
(async () => {
  const data = await unpacked(by("data").textContent);
  const day = 86400;
  const near = 9;          // a click within this many pixels of a dot or line hits it
  const mostNamed = 40;    // at most this many names in the picture
  const palette = ["#6655cc", "#88ccee", "#44aa99", "#117733", "#999933", "#ddcc77", "#cc6677", "#882255", "#aa4499", "#777777"];
  let network, links, chosen = null, shownLines = [], shownNodes = new Set();

  // ---- names

  const account = (id) => data.accounts.label[id];
  const label = (node) => network.nodes.label ? network.nodes.label[node] : account(network.nodes.account[node]);

  function browser(query, parameters) {
    if (!data.browser || network.of !== "accounts") return [];
    const words = new URLSearchParams({ query: `explore/${query}`, ...parameters }).toString().replaceAll("+", "%20");
    const link = make("a", "In Neo4j Browser", { href: `${data.browser}#${words}`, rel: "noreferrer" });
    const said = make("p", null);
    said.append(link);
    return [said];
  }

  // ---- the picture

  await Bokeh.embed.embed_item(JSON.parse(by("figure").textContent));
  const figure = Bokeh.documents[0].get_model_by_name("figure");
  const model = (name) => Bokeh.documents[0].get_model_by_name(name);

  function paint() {
    const ink = getComputedStyle(document.documentElement).getPropertyValue("--ink").trim();
    const paper = getComputedStyle(document.documentElement).getPropertyValue("--paper").trim();
    Object.assign(figure, { background_fill_color: paper, border_fill_color: paper });
    Object.assign(model("names").glyph, { text_color: { value: ink }, background_fill_color: { value: paper },
      background_fill_alpha: { value: 0.6 } });
    model("dots").glyph.line_color = { value: paper };
    model("chosen-lines").glyph.line_color = { value: ink };
    model("chosen-dots").glyph.line_color = { value: ink };
  }

  function widths(lines) {
    const { forth, back } = network.lines;
    const heaviest = network.heaviest;
    return lines.map((line) => 0.6 + 3.4 * Math.sqrt(Math.max(forth[line], back[line]) / heaviest));
  }

  function ends(lines) {
    const { one, other, behaviour } = network.lines, { x, y } = network.nodes;
    const columns = { x0: [], y0: [], x1: [], y1: [] };
    for (const line of lines) {
      const [ax, ay, bx, by_] = [x[one[line]], y[one[line]], x[other[line]], y[other[line]]];
      // Lines of several behaviours run side by side.
      const long = Math.hypot(bx - ax, by_ - ay) || 1;
      const aside = (behaviour[line] - (network.behaviours.length - 1) / 2) * network.apart / long;
      const [dx, dy] = [-(by_ - ay) * aside, (bx - ax) * aside];
      columns.x0.push(ax + dx); columns.y0.push(ay + dy); columns.x1.push(bx + dx); columns.y1.push(by_ + dy);
    }
    return columns;
  }

  // Dots are smaller where there are several hundred, or the window is narrow, so that they do not hide each other.
  const crowd = () => Math.max(0.3, Math.min(1, by("plot").clientWidth / 800, Math.sqrt(400 / shownNodes.size)));
  const sizes = (nodes) => nodes.map((node) => crowd() * (5 + 15 * Math.sqrt(network.nodes.size[node] / network.largest)));
  const colour = (node) => network.nodes.group[node] === null ? "#777777" : palette[network.nodes.group[node] % palette.length];

  function draw() {
    const { behaviour } = network.lines;
    const slots = figure.renderers.filter((each) => each.name && each.name.startsWith("lines-"));
    slots.forEach((renderer, slot) => {
      const mine = shownLines.filter((line) => behaviour[line] === slot);
      renderer.data_source.data = { ...ends(mine), width: widths(mine) };
      const look = network.behaviours[slot];
      if (look) { renderer.glyph.line_color = { value: look.colour }; renderer.glyph.line_dash = { value: look.dash }; }
    });
    const nodes = [...shownNodes];
    model("dots").data_source.data = {
      x: nodes.map((node) => network.nodes.x[node]), y: nodes.map((node) => network.nodes.y[node]),
      size: sizes(nodes), colour: nodes.map(colour),
    };
    named();
    by("shown").textContent = `${number.format(shownLines.length)} of ${count(network.lines.one.length, "line")} and ` +
      `${number.format(nodes.length)} of ${count(network.nodes.x.length, ...network.nouns)} shown. ${network.words}`;
  }

  function named() {
    // Name the largest dots in sight, without overlaps; in pixels. Near the right edge names stand left of their dots.
    const { x_range: across, y_range: up } = figure;
    const box = by("plot").getBoundingClientRect();
    const kept = [], most = Math.min(mostNamed, box.width / 20);
    for (const node of network.bySize) {
      if (kept.length >= most) break;
      const x = (network.nodes.x[node] - across.start) / (across.end - across.start) * box.width;
      const y = (network.nodes.y[node] - up.start) / (up.end - up.start) * box.height;
      if (!shownNodes.has(node) || !(x >= 0 && x <= box.width && y >= 0 && y <= box.height)) continue;
      const whole = label(node), text = whole.length > 24 ? `${whole.slice(0, 23)}…` : whole;
      const long = 6.5 * text.length + 12, turned = x + long > box.width;
      const [from, to] = turned ? [x - long, x] : [x, x + long];
      if (kept.some((each) => each.from < to && from < each.to && Math.abs(each.y - y) < 16)) continue;
      kept.push({ node, text, from, to, y, turned });
    }
    model("names").data_source.data = {
      x: kept.map(({ node }) => network.nodes.x[node]), y: kept.map(({ node }) => network.nodes.y[node]),
      text: kept.map(({ text }) => text), align: kept.map(({ turned }) => turned ? "right" : "left"),
      aside: kept.map(({ turned }) => turned ? -6 : 6),
    };
  }

  function mark(nodes, lines) {
    model("chosen-dots").data_source.data = {
      x: nodes.map((node) => network.nodes.x[node]), y: nodes.map((node) => network.nodes.y[node]),
      size: sizes(nodes).map((size) => size + 6),
    };
    model("chosen-lines").data_source.data = ends(lines);
  }

  function fit(nodes) {
    const x = nodes.map((node) => network.nodes.x[node]), y = nodes.map((node) => network.nodes.y[node]);
    const least = (values) => values.reduce((a, b) => Math.min(a, b), Infinity);
    const most = (values) => values.reduce((a, b) => Math.max(a, b), -Infinity);
    let [left, right, low, high] = nodes.length ? [least(x), most(x), least(y), most(y)] : [-1, 1, -1, 1];
    const box = by("plot").getBoundingClientRect();
    const scale = Math.max((right - left) / box.width, (high - low) / box.height, network.small / box.width) * 1.12;
    const [cx, cy] = [(left + right) / 2, (low + high) / 2];
    figure.x_range.setv({ start: cx - scale * box.width / 2, end: cx + scale * box.width / 2 });
    figure.y_range.setv({ start: cy - scale * box.height / 2, end: cy + scale * box.height / 2 });
    named();
  }

  // ---- choosing and filtering

  function choose(which) {
    network = data.networks[which];
    by("about").textContent = network.about;
    network.nouns = { accounts: ["account"], communities: ["community", "communities"], states: ["state"] }[network.of];
    const { one, other, forth, back } = network.lines;
    network.heaviest = forth.reduce((most, weight, line) => Math.max(most, weight, back[line]), 0) || 1;
    network.largest = network.nodes.size.reduce((a, b) => Math.max(a, b), 0) || 1;
    network.bySize = network.nodes.size.map((_, node) => node).sort((a, b) => network.nodes.size[b] - network.nodes.size[a]);
    // Neighbours are about 1 apart; states stand on a circle of radius 1.
    network.apart = 0.02;
    network.small = 3;
    links = network.nodes.x.map(() => []);
    one.forEach((node, line) => { links[node].push(line); links[other[line]].push(line); });
    offer();
    chosen = null;
    filter();
    fit([...shownNodes]);
  }

  function untangled() {
    // A network with very many lines shows only its heaviest ones at first.
    const { forth, back } = network.lines, most = 10 * network.nodes.x.length;
    if (forth.length < 2.5 * most) return "";
    const weights = forth.map((weight, line) => Math.max(weight, back[line])).sort((a, b) => b - a);
    return Number(weights[most].toPrecision(3));
  }

  function offer() {
    const fields = by("behaviours");
    fields.replaceChildren();
    network.behaviours.forEach((look, at) => {
      const box = make("input", null, { type: "checkbox", checked: "", value: at });
      box.addEventListener("change", filter);
      const swatch = make("span", null, { class: "swatch" });
      swatch.style.borderTopColor = look.colour;
      swatch.style.borderTopStyle = look.dash.length ? (look.dash[0] < 4 ? "dotted" : "dashed") : "solid";
      const field = make("label", null);
      field.append(box, swatch, make("span", look.name));
      fields.append(field);
    });
    const days = network.lines.days.flat();
    const least = days.reduce((a, b) => Math.min(a, b), Infinity), most = days.reduce((a, b) => Math.max(a, b), -Infinity);
    for (const [id, value] of [["since", least], ["until", most]]) {
      const at = days.length ? new Date(value * day * 1000).toISOString().slice(0, 10) : "";
      Object.assign(by(id), { value: at, disabled: !days.length });
      by(id).dataset.whole = at;
    }
    by("weight").value = untangled();
    by("names-known").replaceChildren(...network.bySize.map((node) => make("option", null, { value: label(node) })));
    by("search").value = "";
  }

  function filter() {
    const wanted = new Set([...by("behaviours").querySelectorAll("input:checked")].map((box) => Number(box.value)));
    const weight = Number(by("weight").value) || 0;
    const [since, until] = ["since", "until"].map((id) => by(id).value);
    const whole = since === by("since").dataset.whole && until === by("until").dataset.whole;
    const first = since ? Date.parse(since) / 1000 / day : -Infinity, last = until ? Date.parse(until) / 1000 / day : Infinity;
    const { one, other, forth, back, behaviour, days } = network.lines;
    shownLines = [];
    shownNodes = new Set();
    one.forEach((node, line) => {
      if (!wanted.has(behaviour[line]) || Math.max(forth[line], back[line]) < weight) return;
      if (!whole && !days[line].some((each) => each >= first && each <= last)) return;
      shownLines.push(line);
      shownNodes.add(node).add(other[line]);
    });
    // Without filters, dots without lines are shown, too.
    if (whole && !weight && wanted.size === network.behaviours.length) network.nodes.x.forEach((_, node) => shownNodes.add(node));
    draw();
    (chosen ?? nothing)();
  }

  // ---- details

  function tell(...parts) { by("details").replaceChildren(...parts); by("details").scrollTop = 0; }

  function nothing() {
    chosen = null;
    mark([], []);
    if (!shownNodes.size) {
      const turned = by("since").value > by("until").value ? " The first day is after the last." : "";
      return tell(make("h3", "Nothing is shown"), make("p", `No line has one of the chosen behaviours, the minimum weight and posts in the chosen days.${turned}`),
        button("Show all", all));
    }
    return tell(make("h3", "Nothing is selected"),
      make("p", `Click a line to read the posts behind it, or a dot to see details of the ${network.nouns[0]}. ` +
        "Drag to move the picture; use the mouse wheel to zoom."), make("h3", "Heaviest lines"), listed(shownLines.slice(0, 15)));
  }

  function listed(lines, from = null) {
    return bullets(lines.map((line) => {
      const { one, other, forth, back, behaviour } = network.lines;
      const name = network.behaviours[behaviour[line]].name;
      const text = from === null ? `${label(one[line])} – ${label(other[line])}` : label(one[line] === from ? other[line] : one[line]);
      return [button(text, () => showLine(line)), make("span", ` ${name}, ${number.format(Math.max(forth[line], back[line]))}`, { class: "soft" })];
    }));
  }

  function post(id) {
    const made = make("div", null, { class: "post" });
    const { account: who, ts, text, id: ids } = data.posts;
    made.append(make("p", `${account(who[id])} · ${when(ts[id])}${ids ? ` · ${ids[id]}` : ""}`, { class: "soft" }), make("p", text[id]));
    return made;
  }

  function showLine(line) {
    const { one, other, forth, back, behaviour, days } = network.lines;
    chosen = () => showLine(line);
    mark([one[line], other[line]], [line]);
    const name = network.behaviours[behaviour[line]].name;
    const heading = make("h3", null);
    heading.append(button(label(one[line]), () => showNode(one[line])), " – ", button(label(other[line]), () => showNode(other[line])));
    const facts = make("p", `${name}: weight ${number.format(forth[line])} from the first to the second, ${number.format(back[line])} back` +
      (days[line].length ? `; on ${count(days[line].length, "day")}, ${when(days[line][0] * day).slice(0, 10)} to ${when(days[line].at(-1) * day).slice(0, 10)}.` : "."));
    const pairs = network.evidence[line].map(([mine, theirs, trace]) => {
      const made = make("div", null, { class: "pair" });
      const gap = mine === null || theirs === null ? "" : `${number.format(Math.abs(data.posts.ts[theirs] - data.posts.ts[mine]))} s apart`;
      const said = [gap, trace === null ? "" : data.traces[trace]].filter(Boolean).join(" · ");
      if (said) made.append(make("p", said, { class: "soft" }));
      for (const each of [mine, theirs].filter((id) => id !== null).sort((a, b) => a - b)) made.append(post(each));
      return made;
    });
    const none = network.of === "communities" ? "A line between communities stands for many edges. The network of accounts has the posts behind each."
      : `The page does not have the posts behind this line. This command shows them: incahoots why ${network.word} SOURCE TARGET`;
    const ids = data.accounts.id && network.nodes.account && [one, other].map((end) => data.accounts.id[network.nodes.account[end[line]]]);
    const shown = ids ? browser("show_why", { source: ids[0], target: ids[1] }) : [];
    tell(heading, facts, ...shown, make("h3", pairs.length ? `Evidence: ${count(pairs.length, "example")}` : "Evidence"),
      ...(pairs.length ? pairs : [make("p", none)]), ...(pairs.length === data.most ? [make("p", `The page has at most ${data.most} examples for each line.`, { class: "soft" })] : []));
  }

  function showNode(node) {
    const seen = new Set(shownLines);
    const mine = links[node].filter((line) => seen.has(line));
    const { one, other, forth, back } = network.lines;
    const weight = (line) => Math.max(forth[line], back[line]);
    const sorted = [...mine].sort((a, b) => weight(b) - weight(a));
    const beside = [...new Set(mine.map((line) => one[line] === node ? other[line] : one[line]))];
    chosen = () => showNode(node);
    mark([node], mine);
    const group = network.nodes.group[node];
    const facts = [];
    if (network.of === "accounts") {
      const id = network.nodes.account[node];
      if (data.accounts.id) facts.push([`id ${data.accounts.id[id]}`]);
      if (data.accounts.posts[id] !== null) facts.push([`${count(data.accounts.posts[id], "post")} in the data`]);
    } else facts.push([count(network.nodes.size[node], "account")]);
    facts.push([`${count(beside.length, "neighbour")}, ${count(mine.length, "line")}`]);
    if (group !== null && network.of === "accounts") facts.push([button(network.groups[group], () => showGroup(group))]);
    const own = data.accounts.id && network.nodes.account ? data.accounts.id[network.nodes.account[node]] : null;
    const parts = [make("h3", label(node)), bullets(facts), ...(own ? browser("show_account", { run_id: network.run, account_id: own }) : [])];
    if (network.of === "communities") {
      const [run, name] = [network.shown, label(node)];
      parts.push(button("Show its accounts", () => toGroup(run, name)));
    }
    parts.push(make("h3", "Neighbours"), listed(sorted.slice(0, 50), node));
    if (sorted.length > 50) parts.push(make("p", `and ${count(sorted.length - 50, "more line")}`, { class: "soft" }));
    if (network.of === "accounts") {
      const id = network.nodes.account[node];
      const posts = [...new Set(sorted.flatMap((line) => network.evidence[line].flatMap(([a, b]) => [a, b])))]
        .filter((each) => each !== null && data.posts.account[each] === id).sort((a, b) => a - b);
      parts.push(make("h3", `Its posts behind these lines: ${count(posts.length, "example")}`), ...posts.slice(0, 50).map(post));
    }
    tell(...parts);
  }

  function showGroup(group, near = true) {
    const members = network.bySize.filter((node) => network.nodes.group[node] === group);
    chosen = () => showGroup(group, false);
    mark(members, []);
    if (near) fit(members);
    const list = bullets(members.slice(0, 100).map((node) => [button(label(node), () => showNode(node))]));
    const inside = new Set(members);
    const lines = shownLines.filter((line) => inside.has(network.lines.one[line]) && inside.has(network.lines.other[line]));
    const most = members.length > 100 ? [make("p", `and ${number.format(members.length - 100)} more`, { class: "soft" })] : [];
    tell(make("h3", `${network.groups[group]}: ${count(members.length, "account")}, ${count(lines.length, "line")}`), list, ...most,
      make("h3", "Heaviest lines within"), listed(lines.slice(0, 25)));
  }

  // ---- clicks and keys

  figure.on_event("tap", ({ x, y }) => {
    const box = by("plot").getBoundingClientRect();
    const pixel = (figure.x_range.end - figure.x_range.start) / box.width;
    let best = null, nearest = near * pixel;
    for (const node of shownNodes) {
      const far = Math.hypot(network.nodes.x[node] - x, network.nodes.y[node] - y) - sizes([node])[0] / 2 * pixel;
      if (far < nearest) [best, nearest] = [node, Math.max(far, 0)];
    }
    if (best !== null) return showNode(best);
    const at = ends(shownLines);
    shownLines.forEach((line, place) => {
      const far = distance(x, y, at.x0[place], at.y0[place], at.x1[place], at.y1[place]);
      if (far < nearest) [best, nearest] = [line, far];
    });
    return best === null ? nothing() : showLine(best);
  });

  let waiting = 0;
  figure.on_event("rangesupdate", () => { clearTimeout(waiting); waiting = setTimeout(named, 120); });

  function search() {
    const text = by("search").value.trim().toLowerCase();
    if (!text) return;
    const ids = data.accounts.id;
    const is = (node) => label(node).toLowerCase() === text || (ids && network.nodes.account && ids[network.nodes.account[node]] === by("search").value.trim());
    const found = network.bySize.find(is) ?? network.bySize.find((node) => label(node).toLowerCase().includes(text));
    if (found === undefined) { chosen = null; tell(make("h3", "Not found"), make("p", `This network has no ${network.nouns[0]} “${by("search").value}”.`)); return; }
    if (!shownNodes.has(found)) { reset(); }
    fit([found, ...links[found].map((line) => network.lines.one[line] === found ? network.lines.other[line] : network.lines.one[line])]);
    showNode(found);
  }

  function reset() {
    by("behaviours").querySelectorAll("input").forEach((box) => { box.checked = true; });
    by("weight").value = "";
    for (const id of ["since", "until"]) by(id).value = by(id).dataset.whole;
    filter();
  }

  function all() {
    by("search").value = "";
    chosen = null;
    reset();
    fit([...shownNodes]);
  }

  function toGroup(run, name) {
    const at = data.networks.findIndex((each) => each.shown === run && each.of === "accounts");
    by("network").value = at;
    choose(at);
    const group = network.groups.indexOf(name);
    if (group >= 0) return showGroup(group);
    tell(make("h3", name), make("p", "None of its lines is among the heaviest lines of the run, which are drawn here. " +
      `This command draws it: incahoots picture network ${data.networks[at].word} --community ${name.replace("community ", "")} -o community.png`));
  }

  data.networks.forEach((each, at) => by("network").append(make("option", each.title, { value: at })));
  by("network").addEventListener("change", () => choose(Number(by("network").value)));
  by("find").addEventListener("submit", (event) => { event.preventDefault(); search(); });
  // Search at once when a suggestion is chosen; not while someone types.
  by("search").addEventListener("input", ({ inputType = "insertReplacementText" }) => { if (inputType === "insertReplacementText") search(); });
  for (const id of ["weight", "since", "until"]) by(id).addEventListener("change", filter);
  by("reset").addEventListener("click", all);
  document.querySelectorAll("button[data-run]").forEach((each) => each.addEventListener("click", () => {
    toGroup(each.dataset.run, each.dataset.group);
    by("tools").scrollIntoView();
  }));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  // The live picture does not adapt to the width of paper; an image of it does.
  addEventListener("beforeprint", () => {
    by("printed").src = Bokeh.index.find_one_by_id(figure.id).export("png", true).canvas.toDataURL();
  });
  paint();
  if (data.networks.length) choose(0);
  document.body.dataset.ready = "yes";
})().catch((problem) => {
  const failed = document.getElementById("failed");
  failed.hidden = false;
  failed.textContent = `This browser cannot draw the network: ${problem.message}. Use a browser of 2023 or later; the tables below work in any.`;
});
