// The chat in the browser. All text of people, of the bot and of the article is set as textContent;
// nothing is ever parsed as markup.

const $ = (id) => document.getElementById(id);
const [log, list, text] = [$("log"), $("messages"), $("text")];

let hello; // who there is
let me; // who writes
let open = {}; // the chat and the topic that are shown
let mode = null; // what is replied to, or edited
let asked = null; // the last question and why it was answered so
let chats, messages, requests; // as the events tell
let inline = { query: null, results: [], at: -1 };

/** An element with attributes, and children that are nodes or text. */
function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null && child !== ""));
  return node;
}

/**
 * The direction of a line by its first strong letter, as `dir="auto"` finds it, but past isolates,
 * mentions and commands: a Latin name before an Arabic question does not turn it.
 */
function direction(line) {
  const bare = line.replace(/[\u2066-\u2068][^\u2069]*\u2069|[@/][\w@]+/g, "");
  const strong = bare.match(/\p{L}/u) ?? line.match(/\p{L}/u);
  if (!strong) return "auto";
  return /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}]/u.test(strong[0]) ? "rtl" : "ltr";
}

const nameOf = (user) => user?.first_name ?? user?.title ?? "?";
const tone = (id) => Math.abs(id) % 6;
const face = (user) => {
  const shape = el("span", { class: `face tone-${user.is_bot ? 5 : tone(user.id)}`, "aria-hidden": "true" });
  shape.textContent = user.is_bot ? "”" : [...nameOf(user)][0];
  return shape;
};
const person = (id) => hello.people.find((it) => it.id === id);
const isGroup = (chat) => chat === hello.group;
const time = (seconds) => new Date(seconds * 1000).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });

/** Does something in the sandbox; the outcome, or null where it could not be done. */
async function act(deed) {
  const response = await fetch("/do", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(deed),
  });
  return response.ok ? response.json() : null;
}

// ---------------------------------------------------------------------------------------------
// Text with entities, placed by UTF-16 units, which is how JavaScript counts, too

const BLOCKS = ["blockquote", "expandable_blockquote", "pre"];
const TAGS = { bold: "b", italic: "i", underline: "u", strikethrough: "s", code: "code", matched: "mark" };

function styled(words, entities = []) {
  const blocks = entities.filter((it) => BLOCKS.includes(it.type)).sort((a, b) => a.offset - b.offset);
  const inner = entities.filter((it) => !BLOCKS.includes(it.type));
  const out = document.createDocumentFragment();
  let at = 0;
  for (const block of blocks) {
    const end = block.offset + block.length;
    // A block stands on lines of its own: the line breaks that set it off are not lines.
    if (block.offset > at) out.append(...lines(words, inner, at, block.offset - (words[block.offset - 1] === "\n")));
    out.append(quotation(block, lines(words, inner, block.offset, end), words.slice(block.offset, end)));
    at = words[end] === "\n" ? end + 1 : end;
  }
  if (at < words.length) out.append(...lines(words, inner, at, words.length));
  return out;
}

function quotation(block, content, words) {
  if (block.type === "pre") return el("pre", {}, words);
  const quote = el("blockquote", { dir: direction(words) }, el("div", { class: "inner" }, ...content));
  if (block.type === "expandable_blockquote") {
    const fold = el("button", { class: "fold", type: "button", "aria-label": "The whole quote", "aria-expanded": "false" }, "⌄");
    const turn = () => {
      if (getSelection().toString()) return;
      fold.setAttribute("aria-expanded", String(!quote.classList.toggle("folded")));
    };
    quote.classList.add("folded");
    quote.append(fold);
    quote.addEventListener("click", turn);
  }
  return quote;
}

function lines(words, entities, from, to) {
  const out = [];
  let start = from;
  for (const line of words.slice(from, to).split("\n")) {
    const end = start + line.length;
    out.push(el("div", { dir: direction(line) }, ...pieces(words, entities, start, end)));
    start = end + 1;
  }
  return out;
}

/** What lies between two places, cut wherever an entity begins or ends. */
function pieces(words, entities, from, to) {
  const cuts = new Set([from, to]);
  for (const { offset, length } of entities) {
    for (const cut of [offset, offset + length]) if (cut > from && cut < to) cuts.add(cut);
  }
  const places = [...cuts].sort((a, b) => a - b);
  return places.slice(1).map((end, at) => {
    const start = places[at];
    const over = entities.filter((it) => it.offset <= start && it.offset + it.length >= end);
    return over.reduce((node, it) => dressed(node, it, words), document.createTextNode(words.slice(start, end)));
  });
}

function dressed(node, entity, words) {
  const covered = words.slice(entity.offset, entity.offset + entity.length);
  if (TAGS[entity.type]) return el(TAGS[entity.type], {}, node);
  switch (entity.type) {
    case "text_link":
    case "url":
      return link(entity.url ?? covered, node);
    case "bot_command":
      return el("button", { type: "button", class: "tag", onclick: () => say(covered) }, node);
    case "spoiler":
      return el("span", { class: "spoiler", tabindex: "0" }, node);
    case "mention":
    case "text_mention":
    case "hashtag":
    case "cashtag":
      return el("span", { class: "tag" }, node);
    default:
      return node;
  }
}

function link(url, node) {
  if (!/^(https?:\/\/|\/)/.test(url)) return node;
  return el("a", { href: url, target: "_blank", rel: "noopener noreferrer", onclick: (event) => follow(url) && event.preventDefault() }, node);
}

/** Goes where a link inside Telegram leads; false for any other link. */
function follow(url) {
  const start = url.match(/^https:\/\/t\.me\/(\w+)\?start=([\w-]+)$/);
  if (start && start[1].toLowerCase() === hello.bot.username.toLowerCase()) {
    show(me);
    say(`/start ${start[2]}`);
    return true;
  }
  const place = url.match(/^https:\/\/t\.me\/c\/(\d+)\/(?:\d+\/)?(\d+)$/);
  if (place) {
    show(-1_000_000_000_000 - Number(place[1]));
    find(Number(place[2]));
  }
  return Boolean(place);
}

// ---------------------------------------------------------------------------------------------
// Rich messages

function rich(blocks = []) {
  return blocks.map((block) => {
    const words = () => richText(block.text);
    switch (block.type) {
      case "heading": return el("h3", { dir: "auto" }, ...words());
      case "divider": return el("hr");
      case "anchor": return el("a", { id: `anchor-${block.name}` });
      case "blockquote": return el("blockquote", { dir: "auto" }, ...rich(block.blocks), ...richText(block.credit));
      case "details": return el("details", { open: block.is_open }, el("summary", {}, ...richText(block.summary)), ...rich(block.blocks));
      case "list": return el("ul", {}, ...(block.items ?? []).map((item) => el("li", {}, ...rich(item.blocks))));
      case "expandable_blockquote":
      case "pullquote": return el("blockquote", { dir: "auto" }, ...words(), ...richText(block.credit));
      case "preformatted":
      case "pre": return el("pre", {}, ...words());
      default: return el("div", { dir: "auto" }, ...words());
    }
  });
}

function richText(value) {
  if (value == null) return [];
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(richText);
  const inner = richText(value.text);
  if (TAGS[value.type]) return [el(TAGS[value.type], {}, ...inner)];
  return value.url ? [link(value.url, el("span", {}, ...inner))] : inner;
}

// ---------------------------------------------------------------------------------------------
// Messages

const key = (message) => (message.message_id ? `m${message.message_id}` : `w${message.ephemeral_message_id}`);
const isHere = (message) => {
  if (message.chat.id !== open.chat) return false;
  if (!message.message_id && (message.receiver_user ?? message.from).id !== me) return false;
  const topic = message.is_topic_message ? message.message_thread_id : undefined;
  return !chats.get(open.chat)?.is_forum || topic === open.topic;
};
const plain = (message) => message.text ?? rich(message.rich_message?.blocks).map((it) => it.textContent).find(Boolean) ?? "";

function drawMessage(message) {
  const service = serviceText(message);
  if (service) return el("li", { class: "message service", id: key(message) }, el("span", { dir: "auto" }, service));
  const author = message.sender_chat ?? message.from;
  const own = message.from.id === me;
  const bubble = el("div", { class: "bubble" });
  const name = el("div", { class: `name ink-${author.is_bot ? 5 : tone(author.id)}` }, el("bdi", {}, nameOf(author)));
  if (message.via_bot) name.append(el("i", {}, `via @${message.via_bot.username}`));
  if (!message.message_id) name.append(el("i", {}, "only you see this"));
  if (!own) bubble.append(name);
  else if (name.childNodes.length > 1) bubble.append(el("div", { class: "name" }, name.lastChild));
  const to = message.reply_to_message;
  if (to && !to.forum_topic_created) {
    const words = message.quote?.text ?? plain(to);
    bubble.append(el("button", { class: "replied", type: "button", dir: direction(words), onclick: () => find(to.message_id) },
      el("b", {}, el("bdi", {}, nameOf(to.from))), el("span", {}, words.slice(0, 200))));
  }
  const body = el("div", { class: message.rich_message ? "text rich" : "text" });
  body.append(...(message.rich_message ? rich(message.rich_message.blocks) : [styled(message.text ?? "", message.entities)]));
  bubble.append(body, el("div", { class: "meta" }, message.edit_date ? el("span", {}, "edited") : null, el("time", {}, time(message.date))));
  if (message.message_id) bubble.append(actions(message, own));
  const keys = keyboard(message);
  const item = el("li", { class: `message ${own ? "own" : ""}`, id: key(message), tabindex: "-1" }, own ? null : face(author), bubble, keys);
  item.message = message;
  return item;
}

function serviceText(message) {
  if (message.forum_topic_created) return `${nameOf(message.from)} opened the topic “${message.forum_topic_created.name}”`;
  if (message.migrate_to_chat_id || message.migrate_from_chat_id) return "The group became a supergroup";
  return null;
}

function actions(message, own) {
  const button = (label, deed) => el("button", { type: "button", onclick: deed }, label);
  const row = el("div", { class: "actions" }, button("Reply", () => reply(message)));
  if (own && !message.via_bot) row.append(button("Edit", () => edit(message)));
  if (own || open.chat === me || isAdmin(me)) row.append(button("Delete", () => remove(message)));
  return row;
}

function keyboard(message) {
  const rows = message.reply_markup?.inline_keyboard;
  if (!rows) return null;
  const button = (it) => el("button", { type: "button", dir: "auto", onclick: (event) => tap(event.currentTarget, message, it) }, it.text);
  const row = (buttons) => el("div", {}, ...buttons.map((it) => (it.url ? link(it.url, el("bdi", {}, it.text)) : button(it))));
  return el("div", { class: "keys" }, ...rows.map(row));
}

async function tap(button, message, it) {
  if (it.copy_text) return navigator.clipboard.writeText(it.copy_text.text).then(() => toast("Copied"));
  const typed = it.switch_inline_query_current_chat ?? it.switch_inline_query;
  if (typed != null) return compose(`@${hello.bot.username} ${typed}`);
  if (!it.callback_data) return null;
  button.disabled = true;
  const outcome = await act({ do: "tap", person: me, ...open, message: message.message_id, whisper: message.ephemeral_message_id, data: it.callback_data });
  button.disabled = false;
  const answer = outcome?.answer;
  if (answer?.url) follow(answer.url);
  if (!answer?.text) return null;
  if (answer.show_alert) {
    $("alert-text").textContent = answer.text;
    return $("alert").showModal();
  }
  return toast(answer.text);
}

function toast(words) {
  const box = $("toast");
  box.textContent = words;
  box.dir = direction(words);
  box.classList.add("shown");
  clearTimeout(toast.timer);
  toast.timer = setTimeout(() => box.classList.remove("shown"), 3500);
}

/** Draws the open chat anew. */
function drawChat() {
  list.replaceChildren();
  const all = [...(messages.get(open.chat)?.values() ?? [])].filter(isHere).sort((a, b) => a.date - b.date || (a.message_id || 1e15) - (b.message_id || 1e15));
  all.forEach((message) => place(message));
  list.classList.toggle("private", !isGroup(open.chat));
  toEnd();
}

let atEnd = true; // whether who reads is at the end, and stays there
const toEnd = () => (log.scrollTop = log.scrollHeight);
log.addEventListener("scroll", () => (atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < 60));
new ResizeObserver(() => atEnd && toEnd()).observe(log);

/** Puts one message where it belongs, new or changed. */
function place(message, fresh = false) {
  const node = drawMessage(message);
  const old = $(key(message));
  if (old) {
    const held = old.contains(document.activeElement);
    old.replaceWith(node);
    if (held) node.focus({ preventScroll: true });
    if (atEnd) toEnd();
  } else {
    if (fresh) node.classList.add("new");
    // One's own ephemeral message is heard of after the answer to it.
    const later = [...list.children].find((it) => it.message?.ephemeral_message_id > message.ephemeral_message_id);
    list.insertBefore(node, later ?? null);
    if (atEnd || message.from.id === me) toEnd();
    // What is longer than the window is read from its beginning.
    if (fresh && atEnd && node.offsetHeight > log.clientHeight) node.scrollIntoView({ block: "start" });
  }
  for (const quote of node.querySelectorAll(".folded")) {
    const inner = quote.firstChild;
    // What is not longer than its fold needs none.
    if (inner.scrollHeight <= inner.clientHeight + 2) {
      quote.classList.remove("folded");
      quote.lastChild.remove();
    }
  }
}

function find(id) {
  const node = $(`m${id}`);
  if (!node) return;
  node.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  node.classList.add("found");
  setTimeout(() => node.classList.remove("found"), 1500);
}

// ---------------------------------------------------------------------------------------------
// Around the messages

const isAdmin = (id) => Boolean(chats.get(hello.group)?.members.find((it) => it.id === id)?.admin);

function show(chat, topic) {
  if (open.chat !== chat) setMode(null);
  open = topic == null ? { chat } : { chat, topic };
  document.body.dataset.view = "chat";
  drawHead();
  drawChat();
}

function drawHead() {
  const group = isGroup(open.chat);
  const chat = chats.get(open.chat) ?? {};
  const name = group ? nameOf(chat) : nameOf(hello.bot);
  $("title").textContent = name;
  $("face").className = `face tone-${group ? 2 : 5}`;
  $("face").textContent = group ? [...name][0] : "”";
  const inside = (chat.members ?? []).filter((it) => it.inside).length;
  $("subtitle").textContent = group ? `${inside} members${isAdmin(me) ? " · you are an administrator" : ""}` : `bot · direct message with ${nameOf(person(me))}`;
  $("menu").hidden = !group;
  $("admin").checked = isAdmin(me);
  $("admin-name").textContent = nameOf(person(me));
  $("reads-all").checked = Boolean(chat.reads_all);
  $("topics").hidden = !chat.is_forum;
  const tab = (label, topic) => el("button", { type: "button", "aria-pressed": String(open.topic === topic), onclick: () => show(open.chat, topic) }, el("bdi", {}, label));
  $("topics").replaceChildren(tab("General"), ...(chat.topics ?? []).map((it) => tab(it.name, it.id)));
  drawChats();
  drawStarters();
}

function drawChats() {
  const row = (id, name, shape) => {
    const last = [...(messages.get(id)?.values() ?? [])].at(-1);
    const words = last ? serviceText(last) ?? plain(last) : "No messages yet";
    const author = last && isGroup(id) && !serviceText(last) ? [el("bdi", {}, nameOf(last.from)), ": "] : [];
    return el("li", {}, el("button", { type: "button", "aria-current": String(open.chat === id), onclick: () => show(id) },
      shape, el("span", {}, el("b", {}, el("bdi", {}, name)), el("span", { class: "last", dir: direction(words) }, ...author, words.slice(0, 80)))));
  };
  const group = chats.get(hello.group);
  $("chats").replaceChildren(
    row(hello.group, nameOf(group), face({ id: 2, title: nameOf(group) })),
    row(me, nameOf(hello.bot), face(hello.bot)));
}

function drawStarters() {
  const mention = isGroup(open.chat) ? `@${hello.bot.username} ` : "";
  const starters = hello.starters[person(me).language_code] ?? [];
  const chip = (words, sent) => el("button", { type: "button", dir: direction(words), onclick: () => say(sent) }, words);
  const first = !isGroup(open.chat) && !messages.get(me)?.size ? [chip("/start", "/start")] : [];
  $("starters").replaceChildren(...first, ...starters.map((it) => chip(it, mention + it)));
}

function setMode(next) {
  mode = next;
  $("mode").hidden = !mode;
  if (!mode) return;
  const words = mode.quote ?? plain(mode.message);
  $("mode").querySelector("b").textContent = mode.edit ? "Edit" : `Reply to ${nameOf(mode.message.from)}`;
  $("mode").querySelector("span").textContent = words;
}

function reply(message) {
  // A fragment that is selected in the message is what is replied to.
  const selection = getSelection();
  const inside = selection.anchorNode && $(key(message))?.contains(selection.anchorNode);
  const fragment = inside ? selection.toString().trim() : "";
  setMode({ message, quote: fragment && plain(message).includes(fragment) ? fragment : undefined });
  text.focus();
}

function edit(message) {
  setMode({ message, edit: true });
  compose(message.text);
}

async function remove(message) {
  if (message.message_id) await act({ do: "delete", ...open, message: message.message_id });
}

function compose(words) {
  text.value = words;
  text.focus();
  text.dispatchEvent(new Event("input"));
}

async function say(words) {
  if (!words.trim()) return;
  const was = mode;
  setMode(null);
  const deed = was?.edit
    ? { do: "edit", message: was.message.message_id }
    : { do: "say", reply_to: was?.message.message_id, quote: was?.quote };
  const outcome = await act({ ...deed, person: me, ...open, text: words });
  if (!outcome) return toast("That could not be done.");
  asked = outcome.why ?? asked;
  if (!outcome.message.message_id) seen.message(outcome.message);
  drawWhy();
}

// ---------------------------------------------------------------------------------------------
// Inline mode

async function askInline(offset = "") {
  const typed = text.value.match(new RegExp(`^@${hello.bot.username}\\s(.*)$`, "is"))?.[1];
  if (typed == null) return closeInline();
  const turn = (askInline.turn = (askInline.turn ?? 0) + 1);
  const outcome = await act({ do: "inline", person: me, text: typed.trim(), offset });
  if (turn !== askInline.turn) return null;
  const given = outcome?.answer?.results;
  const found = (typeof given === "string" ? JSON.parse(given) : given) ?? [];
  inline = { query: outcome?.query, typed: typed.trim(), results: found, at: -1 };
  drawInline();
  return null;
}

function drawInline() {
  const row = (result, at) => el("li", { role: "option", id: `r${at}`, "aria-selected": String(at === inline.at), onclick: () => choose(at) },
    el("b", { dir: "auto" }, result.title ?? ""), el("span", { dir: "auto" }, result.description ?? ""));
  $("results").replaceChildren(...inline.results.map(row));
  $("results").hidden = !inline.results.length;
  $("results").children[inline.at]?.scrollIntoView({ block: "nearest" });
  if (inline.at >= 0) text.setAttribute("aria-activedescendant", `r${inline.at}`);
  else text.removeAttribute("aria-activedescendant");
}

function closeInline() {
  askInline.turn = (askInline.turn ?? 0) + 1;
  inline = { query: null, results: [], at: -1 };
  drawInline();
}

async function choose(at) {
  const { query, typed, results } = inline;
  text.value = "";
  closeInline();
  await act({ do: "choose", person: me, ...open, query, result: results[at].id, text: typed });
}

// ---------------------------------------------------------------------------------------------
// Why

/** What speaks for the first passage, in words. */
const PARTS = {
  guide: "the guide's questions, as learned", example: "the nearest question of the guide", context: "what the question refers to",
  passage: "words in the passage", joined: "words in and around the passage", sentence: "words in one sentence", title: "words in the title",
  lead: "words in the title, of the opening", article: "words in the article", around: "words around the passage", words: "rare words (BM25)",
  grams: "parts of words (BM25)", bm25: "similar words (BM25)", pairs: "words that stay together", number: "a number that is asked for",
};
const NAMES = { answer: "Answer", nearest: "Nearest", none: "None" };

/** Why the verdict is what it is. */
function reason({ verdict, quotes, thresholds, silence, silent, small_talk }) {
  const best = share(quotes[0]?.score ?? 0);
  if (verdict === "answer") return `The best passage has ${best}; from ${share(thresholds.answer)} on the bot says that it answers.`;
  if (small_talk) return "This asks nothing: thanks, a greeting, a remark.";
  if (!quotes.length) return "No passage has anything to do with it.";
  if (silent) return `The article more probably says nothing on this (${share(silence)}) than what the best passage says (${best}).`;
  return `The best passage has ${best}, less than the ${share(thresholds.answer)} of an answer: the bot says that it may not answer.`;
}

const part = (title, ...content) => el("section", {}, el("h3", {}, title), ...content);
const share = (number) => number.toFixed(2);

function drawWhy() {
  if (!asked) return;
  const since = requests.filter((it) => it.at >= asked.asked_at);
  const answer = since.find((it) => /^(send|edit|answer)/.test(it.method));
  const found = asked.took_us < 1000 ? `${asked.took_us} µs` : `${(asked.took_us / 1000).toFixed(1)} ms`;
  const terms = (quote) => [...new Set(quote.matched.map((it) => quote.text.slice(it.offset, it.offset + it.length)))];
  const passage = (quote) => el("div", { class: quote.shown ? "passage" : "passage unshown" },
    el("header", {}, el("a", { href: quote.href, target: "_blank" }, `paragraph ${quote.paragraph}`),
      el("meter", { min: 0, max: 1, low: asked.thresholds.nearest, high: asked.thresholds.answer, optimum: 1, value: quote.score, "aria-label": "Score" }), share(quote.score), quote.shown ? "" : el("span", { class: "quiet" }, "not shown")),
    el("p", { dir: direction(quote.text) }, ...pieces(quote.text, quote.matched, 0, quote.text.length)),
    quote.matched.length ? el("div", { class: "terms", dir: direction(quote.text) }, ...terms(quote).map((it) => el("span", {}, it))) : null);
  const request = (it) => el("details", {}, el("summary", {}, `${it.method} · ${Math.max(0, it.at - asked.asked_at)} ms`), el("pre", { tabindex: "0" }, JSON.stringify(it.params, null, 1)));
  const row = (name, value) => el("tr", {}, el("td", {}, name), el("td", {}, value));
  $("reasons").replaceChildren(...[
    el("div", { class: "verdict" }, asked.question ? el("span", { class: `badge ${asked.verdict}` }, NAMES[asked.verdict]) : null,
      el("span", { class: "quiet" }, `${asked.question ? `found in ${found}` : "No question to the article"}${answer ? `, sent after ${Math.max(0, answer.at - asked.asked_at)} ms` : ""}`)),
    asked.question ? el("p", {}, reason(asked)) : null,
    asked.question ? part("Question", el("p", { dir: direction(asked.question) }, asked.question), asked.context ? el("p", { class: "quiet", dir: "auto" }, `↩ ${asked.context.slice(0, 160)}`) : null) : null,
    asked.quotes.length ? part("Passages", ...asked.quotes.map(passage)) : null,
    asked.parts.length ? part("What speaks for the first", el("table", {}, el("tbody", {},
      ...asked.parts.map(([name, value]) => row(PARTS[name] ?? name, (value < 0 ? "−" : "+") + share(Math.abs(value))))))) : null,
    asked.question ? part("What else it may be", el("table", {}, el("tbody", {},
      row("nothing that the article says", share(asked.silence)), row("small talk", asked.small_talk ? "yes" : "no")))) : null,
    asked.names.length ? part("Names it knows", el("p", {}, asked.names.join(", "))) : null,
    asked.nearest_question ? part("Nearest question of the guide", el("p", { dir: direction(asked.nearest_question) }, asked.nearest_question)) : null,
    part("Requests sent", ...(since.length ? since.map(request) : [el("p", { class: "quiet" }, "None: the bot is silent. In a group it answers commands, mentions and replies to it.")])),
  ].filter(Boolean));
}

// ---------------------------------------------------------------------------------------------
// Events

function begin(news) {
  const first = !hello;
  hello = news;
  [chats, messages, requests, asked] = [new Map(), new Map(), [], null];
  if (first || !person(me)) {
    const spoken = hello.people.find((it) => navigator.language.startsWith(it.language_code));
    me = (spoken ?? hello.people[0]).id;
  }
  open = { chat: hello.group };
  $("empty").querySelector("b").textContent = `@${hello.bot.username}`;
  $("who").replaceChildren(...hello.people.map((it) => el("option", { value: it.id, selected: it.id === me }, nameOf(it))));
  $("articles").querySelector("ul").replaceChildren(...hello.articles.map((it) => el("li", {}, el("a", { href: it.href, target: "_blank", dir: it.language === "ar" ? "rtl" : "ltr" }, it.title))));
}

const seen = {
  hello: begin,
  chat(chat) {
    chats.set(chat.id, chat);
    return "head";
  },
  message(message) {
    const known = messages.get(message.chat.id) ?? new Map();
    messages.set(message.chat.id, known.set(key(message), message));
    if (isHere(message)) place(message, true);
    if (message.from.is_bot) clearTimeout(seen.timer);
    return "head";
  },
  whisper: (message) => seen.message(message),
  gone({ chat, message }) {
    messages.get(chat)?.delete(`m${message}`);
    if (chat === open.chat) $(`m${message}`)?.remove();
    return "head";
  },
  acted({ chat }) {
    if (chat !== open.chat) return;
    $("subtitle").textContent = `${nameOf(hello.bot)} is typing…`;
    clearTimeout(seen.timer);
    seen.timer = setTimeout(drawHead, 5000);
  },
  request(request) {
    requests.push(request);
    return "why";
  },
};

new EventSource("/events").onmessage = ({ data }) => {
  const redraw = new Set();
  for (const sight of JSON.parse(data)) {
    const [[kind, content]] = Object.entries(sight);
    redraw.add(seen[kind](content));
    if (kind === "hello") redraw.add("chat");
  }
  if (redraw.has("chat")) list.replaceChildren();
  if (redraw.has("head") && chats.has(hello.group)) drawHead();
  if (redraw.has("why")) drawWhy();
  if (chats.has(hello.group)) document.body.dataset.ready = "";
};

// ---------------------------------------------------------------------------------------------
// What people press

$("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = text.value;
  text.value = "";
  closeInline();
  say(words);
});

text.addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (inline.results.length && step) {
    event.preventDefault();
    inline.at = Math.max(-1, Math.min(inline.results.length - 1, inline.at + step));
    drawInline();
  } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    if (inline.at >= 0) choose(inline.at);
    else $("composer").requestSubmit();
  } else if (event.key === "Escape") {
    closeInline();
    if (mode?.edit) text.value = "";
    setMode(null);
  } else if (event.key === "ArrowUp" && !text.value) {
    const own = [...list.children].map((it) => it.message).filter((it) => it?.from.id === me && !it.via_bot).at(-1);
    if (own) event.preventDefault(), edit(own);
  }
});

text.addEventListener("input", () => {
  clearTimeout(askInline.timer);
  if (text.value.startsWith("@")) askInline.timer = setTimeout(askInline, 200);
  else closeInline();
});

log.addEventListener("keydown", (event) => {
  const item = event.target.closest(".message");
  const step = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[event.key];
  if (step) {
    event.preventDefault();
    (item ? item[step] : list.lastElementChild)?.focus();
  } else if (item?.message && event.target === item) {
    const deed = { Enter: reply, r: reply, e: edit, Delete: remove }[event.key];
    const allowed = deed === reply || item.message.from.id === me;
    if (deed && allowed) event.preventDefault(), deed(item.message);
  }
});

$("who").addEventListener("change", () => {
  const private_ = open.chat === me;
  me = Number($("who").value);
  show(private_ ? me : open.chat, open.topic);
});
$("mention").addEventListener("click", () => compose(`@${hello.bot.username} ${text.value}`));
$("mode").querySelector("button").addEventListener("click", () => {
  if (mode?.edit) text.value = "";
  setMode(null);
});
$("back").addEventListener("click", () => (document.body.dataset.view = "chats"));
$("admin").addEventListener("change", (event) => act({ do: "admin", person: me, on: event.target.checked }));
$("reads-all").addEventListener("change", (event) => act({ do: "reads_all", on: event.target.checked }));
$("new-topic").addEventListener("submit", async (event) => {
  event.preventDefault();
  const name = new FormData(event.target).get("name").trim();
  event.target.reset();
  $("menu").open = false;
  const opened = await act({ do: "topic", person: me, name });
  if (opened) show(hello.group, opened.topic);
});
document.addEventListener("click", (event) => {
  if (!$("menu").contains(event.target)) $("menu").open = false;
});

function setWhy(shown) {
  document.body.classList.toggle("no-why", !shown);
  $("ask-why").setAttribute("aria-expanded", String(shown));
}
$("ask-why").addEventListener("click", () => setWhy(document.body.classList.contains("no-why")));
$("close-why").addEventListener("click", () => (setWhy(false), $("ask-why").focus()));
const wide = matchMedia("(min-width: 70.01rem)");
wide.addEventListener("change", () => setWhy(wide.matches));
setWhy(wide.matches);

const dark = matchMedia("(prefers-color-scheme: dark)");
document.documentElement.dataset.theme = localStorage.getItem("theme") ?? "";
$("theme").addEventListener("click", () => {
  const now = document.documentElement.dataset.theme || (dark.matches ? "dark" : "light");
  document.documentElement.dataset.theme = now === "dark" ? "light" : "dark";
  localStorage.setItem("theme", document.documentElement.dataset.theme);
});
