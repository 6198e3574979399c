// Sets up Neo4j Browser, which keeps its state in the storage of this address, and goes on to it.
//
// What the user has is kept: of style, favourites and settings only that is replaced which this page wrote and nobody
// has changed since. The fragment of the address may hold credentials and the name of a shipped query with values for
// its parameters. It may come from any page on the web, so it names no server and no Cypher.
"use strict";

const KEY = "neo4j.";
const OURS = "incahoots.setup";
const CONNECTION = "$$discovery";
const USUAL_COMMAND = ":play start";

const read = (name) => {
  try {
    return JSON.parse(localStorage.getItem(name));
  } catch {
    return null;
  }
};
const write = (name, value) => localStorage.setItem(name, JSON.stringify(value));
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// FNV-1a, enough to tell whether a text was changed.
const digest = (text) => {
  let hash = 0x811c9dc5;
  for (let place = 0; place < text.length; place += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193);
  }
  return hash >>> 0;
};

// Text as Cypher has it. Browser loses what follows these signs in an address, and changes some: they are escaped.
const quoted = (text) =>
  JSON.stringify(text).replace(/[&#+%]/g, (sign) => `\\u00${sign.charCodeAt(0).toString(16).toUpperCase()}`);

// A value of a parameter as Cypher has it. Text is quoted, so that it stays a value.
const literal = (value, kind) => {
  if (value === "null") return "null";
  if (kind === "int" && /^-?\d+$/.test(value)) return value;
  if (kind === "float" && /^-?(\d+\.?\d*|\.\d+)$/.test(value)) return String(Number(value));
  if (kind === "bool" && /^(true|false)$/i.test(value)) return value.toLowerCase();
  if (kind === "strings") return `[${value.split(",").filter((part) => part).map(quoted).join(", ")}]`;
  if (kind === "string") return quoted(value);
  throw new Error(`${value} is no ${kind}.`);
};

const command = (begin, values) => {
  const returns = Object.entries({ ...begin.returns, ...values });
  const names = returns.map(([name]) => name).join(", ");
  return `:param [{${names}}] => {${begin.body}RETURN ${returns.map(([name, value]) => `${value} AS ${name}`).join(", ")}}`;
};

const valuesOf = (query, given) => {
  const values = {};
  for (const [name, parameter] of Object.entries(query.parameters)) {
    if (given.has(name)) values[name] = literal(given.get(name), parameter.kind);
    else if (parameter.default !== null) values[name] = parameter.default;
  }
  return values;
};

// A query with values in the place of its parameters, so that it runs before Browser has set any. Its header stays.
const filled = (text, values) =>
  text
    .split("\n")
    .map((line) =>
      line.startsWith("//") ? line : line.replace(/\$(\w+)/g, (whole, name) => values[name] ?? whole),
    )
    .join("\n");

// The address is kept in the history, so it holds the password combined with a pad that only this server hands out.
const unseal = (sealed, pad) => {
  const bytes = (text) => Uint8Array.from(text.match(/../g) ?? [], (digits) => parseInt(digits, 16));
  const key = bytes(pad);
  return new TextDecoder().decode(bytes(sealed).map((byte, place) => byte ^ key[place]));
};

const connect = (host, auth, given, pad) => {
  const username = given.get("username");
  const password = given.has("sealed") ? unseal(given.get("sealed"), pad) : "";
  if (auth && !password) return;
  const state = read(`${KEY}connections`) ?? { allConnectionIds: [], connectionsById: {} };
  const before = state.connectionsById[CONNECTION];
  const credentials = auth
    ? { username, password, authenticationMethod: "NATIVE", authEnabled: true }
    : { username: "", password: "", authenticationMethod: "NO_AUTH", authEnabled: false };
  const connection = { ...before, id: CONNECTION, name: CONNECTION, type: "bolt", host, ...credentials };
  write(`${KEY}connections`, {
    ...state,
    allConnectionIds: [...new Set([...state.allConnectionIds, CONNECTION])],
    connectionsById: { ...state.connectionsById, [CONNECTION]: connection },
    activeConnection: CONNECTION,
  });
};

const setSettings = (wanted, initCmd, ours) => {
  const settings = read(`${KEY}settings`) ?? {};
  const free = !settings.initCmd || settings.initCmd === USUAL_COMMAND || settings.initCmd === ours.initCmd;
  write(`${KEY}settings`, {
    ...settings,
    // Once: what the user sets afterwards stays.
    ...(ours.version ? {} : wanted),
    ...(free ? { initCmd } : {}),
    playImplicitInitCommands: true,
  });
};

const setStyle = (wanted, ours) => {
  const style = read(`${KEY}grass`) ?? {};
  for (const [selector, rule] of Object.entries(wanted)) {
    if (!style[selector] || same(style[selector], ours.style?.[selector])) style[selector] = rule;
  }
  write(`${KEY}grass`, style);
};

const setFavourites = (setup, ours) => {
  const text = (favourite) => favourite.content.replaceAll("{origin}", location.origin);
  const known = ours.favourites ?? {};
  const wanted = new Map(setup.favourites.map((favourite) => [favourite.id, { ...favourite, content: text(favourite) }]));
  const documents = [];
  const there = new Set();
  for (const each of read(`${KEY}documents`) ?? []) {
    const untouched = each.id in known && digest(each.content) === known[each.id];
    const anew = wanted.get(each.id);
    if (each.id) there.add(each.id);
    if (untouched && anew) documents.push({ ...each, content: anew.content });
    else if (!untouched) documents.push(each);
  }
  for (const [id, favourite] of wanted) {
    // One that was there and is not was removed by the user.
    if (!there.has(id) && !(id in known)) documents.push(favourite);
  }
  write(`${KEY}documents`, documents);
  const folders = read(`${KEY}folders`) ?? [];
  const used = new Set(documents.map((each) => each.folder));
  const missing = setup.folders.filter(({ id }) => used.has(id) && !folders.some((folder) => folder.id === id));
  write(`${KEY}folders`, [...folders, ...missing]);
  return Object.fromEntries([...wanted].map(([id, { content }]) => [id, digest(content)]));
};

// Before it has connected, Browser takes guides from localhost, and not from the number of the same machine.
const guide = () => {
  const address = new URL("guide.html", location.href);
  if (address.hostname === "127.0.0.1") address.hostname = "localhost";
  return address.href;
};

const begin = async () => {
  const given = new URLSearchParams(location.hash.slice(1));
  // The address need not show credentials, sealed as they are.
  history.replaceState(null, "", location.pathname);
  const [setup, server] = await Promise.all(
    ["setup.json", "/"].map(async (address) => {
      const answer = await fetch(address, { cache: "no-store", headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(`${address} answers ${answer.status}.`);
      return answer.json();
    }),
  );
  const ours = read(OURS) ?? {};
  const name = given.get("query");
  const query = setup.queries[name];
  if (name && !query) throw new Error(`There is no query ${name}.`);
  const values = query ? valuesOf(query, given) : {};
  const initCmd = command(setup.begin, values);

  connect(server.bolt_direct, setup.auth, given, setup.pad);
  setSettings(setup.settings, initCmd, ours);
  setStyle(setup.style, ours);
  const favourites = setFavourites(setup, ours);
  write(OURS, { version: setup.version, initCmd, style: setup.style, favourites });

  let then = "/browser/";
  if (query) then += `?cmd=edit&arg=${encodeURIComponent(filled(query.text, values))}`;
  else if (!ours.version || given.has("guide")) {
    then += `?cmd=guide&arg=${encodeURIComponent(guide())}`;
  }
  location.replace(then);
};

begin().catch((problem) => {
  const said = document.getElementById("said");
  said.textContent = `Neo4j Browser could not be set up: ${problem.message} `;
  const link = document.createElement("a");
  link.href = "/browser/";
  link.textContent = "Go on without.";
  said.append(link);
});
