/** A shop's chat on any page: a launcher and a frame (docs/widget.md). Nothing here needs more of the page's policy than
 * `script-src` and `frame-src` for the chat's own site: styles are set through the object model, no request is made. */
(() => {
  const tag = document.currentScript;
  const home = new URL(tag.src).origin;
  const { shop, lang = "", identity = "", kind = "", ref = "", landing = "", offset = "20" } = tag.dataset;
  const early = window.SellerChat?.q ?? [];
  if (window.SellerChat?.shop || !/^\d+$/.test(shop ?? "")) return;

  const memory = `sellerchat:${shop}`;
  const state = { identity, entry: entryOf({ kind, ref, landing }), open: false, unread: 0, frame: null, port: null, look: null };
  const ui = {};

  const commands = {
    /** Say who the buyer is: a signed identity, or a function that answers a fresh one (or its promise). */
    identify(who) {
      if (typeof who !== "string" && typeof who !== "function") return;
      state.identity = who;
      if (state.port) start();
      show();
    },
    /** Say what the buyer looks at: {kind, ref, landing}. */
    entry(where) {
      state.entry = entryOf(where);
      if (state.port) start();
    },
    open() {
      if (!ui.button || ui.box.hidden) return void (state.wanted = true);
      state.open = true;
      load();
      place();
      state.frame.focus();
    },
    close() {
      if (!state.open) return;
      state.open = false;
      place();
      ui.button.focus();
    },
    /** The buyer signed out: forget everything of this person. */
    shutdown() {
      Object.assign(state, { identity: "", open: false, unread: 0, wanted: false });
      keep(null);
      keep(null, `${memory}:visitor`);
      if (state.port) send({ type: "shutdown" });
      else drop();
      show();
    },
    settings(look) {
      if (state.look) return;
      state.look = look;
      build();
      show();
    },
  };

  function entryOf({ kind: what, ref: which, landing: page } = {}) {
    if (!["product", "order", "after_sale"].includes(what) || !which) return { kind: "shop", ...(page && { landing: String(page) }) };
    return { kind: what, ref: String(which).slice(0, 64), ...(page && { landing: String(page) }) };
  }

  /** The launcher is there for who can write: somebody with a name, or anybody where the shop allows it. */
  function show() {
    if (!ui.box) return;
    ui.box.hidden = !(state.identity || state.look.anonymous);
    if (ui.box.hidden) return drop();
    if (keep() && !state.frame) load(); // who wrote before hears of an answer
    if (state.wanted) {
      state.wanted = false;
      commands.open();
    }
    place();
  }

  function load() {
    if (state.frame) return;
    const frame = document.createElement("iframe");
    frame.title = state.look.words.frame;
    frame.allow = "clipboard-write; fullscreen";
    frame.src = `${home}/w/${shop}/?lang=${encodeURIComponent(lang)}`;
    frame.addEventListener("load", () => greet(frame));
    state.frame = frame;
    ui.box.prepend(frame);
    state.timer = setTimeout(() => console.warn("SellerChat: no answer. Is this site on the shop's list of sites?"), 15_000);
  }

  /** Hand the frame a port of its own: only the chat's site receives it, and nobody else speaks through it. */
  function greet(frame) {
    const { port1, port2 } = new MessageChannel();
    state.port?.close();
    state.port = port1;
    port1.onmessage = ({ data }) => data && Object.hasOwn(answers, data.type) && answers[data.type](data);
    frame.contentWindow.postMessage({ sellerchat: 1, type: "hello" }, home, [port2]);
  }

  const answers = {
    ready() {
      clearTimeout(state.timer);
      start();
      send({ type: "shown", on: state.open });
    },
    unread({ count }) {
      state.unread = Number.isInteger(count) && count > 0 ? count : 0;
      place();
    },
    talked: () => keep("1"),
    keep: ({ key }) => keep(typeof key === "string" && key.length <= 64 ? key : null, `${memory}:visitor`),
    renew: () => start(),
    close: () => commands.close(),
    bye: () => drop(),
  };

  async function start() {
    const { port, identity: who } = state;
    const given = await (typeof who === "function" ? Promise.resolve().then(who).catch(() => "") : who);
    if (port !== state.port) return;
    const visitor = keep(undefined, `${memory}:visitor`) ?? "";
    send({ type: "start", identity: typeof given === "string" ? given : "", entry: state.entry, visitor });
  }

  function send(message) {
    state.port?.postMessage(message);
  }

  function drop() {
    clearTimeout(state.timer);
    state.port?.close();
    state.frame?.remove();
    Object.assign(state, { frame: null, port: null, open: false, unread: 0 });
    place();
  }

  function build() {
    const { look } = state;
    ui.host = document.createElement("seller-chat");
    const root = ui.host.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(look.css);
    root.adoptedStyleSheets = [sheet];
    ui.box = make("div", look.position);
    ui.box.style.setProperty("--low", `${Number(offset) || 0}px`);
    ui.button = make("button", "launcher");
    ui.button.type = "button";
    ui.badge = make("span", "badge");
    ui.button.append(drawing(), ...(look.label ? [make("span", "", look.label)] : []), ui.badge);
    ui.button.addEventListener("click", () => (state.open ? commands.close() : commands.open()));
    ui.box.append(ui.button);
    ui.box.hidden = true;
    root.append(ui.box);
    document.body.append(ui.host);
  }

  function place() {
    if (!ui.box) return;
    ui.box.classList.toggle("open", state.open);
    ui.badge.textContent = state.unread > 99 ? "99+" : state.unread || "";
    const { words, label } = state.look;
    const name = label || words.open;
    ui.button.setAttribute("aria-label", state.unread ? `${name}, ${state.unread} ${words.unread}` : name);
    ui.button.setAttribute("aria-expanded", String(state.open));
    send({ type: "shown", on: state.open });
  }

  function make(name, look, text = "") {
    const node = document.createElement(name);
    if (look) node.className = look;
    node.textContent = text;
    return node;
  }

  function drawing() {
    const space = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(space, "svg");
    svg.setAttribute("viewBox", "0 0 24 24");
    svg.setAttribute("aria-hidden", "true");
    const path = document.createElementNS(space, "path");
    path.setAttribute("d", "M12 4c-5 0-9 3.2-9 7.3 0 2.3 1.3 4.3 3.3 5.6L5.6 20.5l3.9-1.9c.8.2 1.6.2 2.5.2 5 0 9-3.2 9-7.4S17 4 12 4z");
    svg.append(path);
    return svg;
  }

  /** Whether this buyer wrote from here before, and a visitor's secret: browsers may deny the frame every storage. */
  function keep(value, name = memory) {
    try {
      if (value === undefined) return localStorage.getItem(name);
      return value === null ? localStorage.removeItem(name) : localStorage.setItem(name, value);
    } catch {
      return null;
    }
  }

  window.SellerChat = (name, ...more) => (Object.hasOwn(commands, name) ? commands[name](...more) : undefined);
  window.SellerChat.shop = shop;
  addEventListener("keydown", (event) => event.key === "Escape" && commands.close());
  for (const call of early) window.SellerChat(...call);
  const look = document.createElement("script");
  const address = `${home}/widget/${shop}/settings.js?lang=${encodeURIComponent(lang)}`;
  const trust = window.trustedTypes?.createPolicy("sellerchat", { createScriptURL: (own) => own });
  look.src = trust?.createScriptURL(address) ?? address;
  document.head.append(look);
})();
