"use strict";
// Search: loads the scripts of search/ that a query needs, and shows names, titles, claims and texts that have all its words:
// first what is called so as a whole, then what begins so.
(() => {
  const form = document.querySelector("form.search");
  if (!form) return;
  const input = form.elements.query, note = document.getElementById("found"), results = document.getElementById("results");
  const overview = document.getElementById("overview"), FIRST = 8, MORE = 20, AROUND = 120, CALLED = 1e6;
  const titles = { names: "Names", titles: "Titles", claims: "Claims", texts: "Texts" };
  const waiting = new Map(), loaded = new Map();
  let asked = 0;

  window.allegataSearch = (name, data) => loaded.set(name, data);

  function load(name) {
    if (!waiting.has(name)) {
      waiting.set(name, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = `search/${name}.js`;
        script.onload = () => resolve(loaded.get(name));
        script.onerror = () => {
          waiting.delete(name);
          reject(new Error(`search/${name}.js cannot be read: make the pages again`));
        };
        document.head.append(script);
      }));
    }
    return waiting.get(name);
  }

  const fold = (word) => word.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").normalize("NFKC").toLowerCase();

  // The words of a query: `terms` are looked up, `text` is marked; of a script without blanks a run has several terms.
  function parse(query, index) {
    const word = new RegExp(index.word, "gu"), unspaced = new RegExp(`^${index.unspaced}`, "u");
    return [...query.matchAll(word)].map(([one]) => {
      const characters = [...fold(one)];
      if (!unspaced.test(one)) {
        const text = characters.slice(0, index.longest).join("");
        return { text, run: false, terms: [text], prefix: text.length > 2 };
      }
      const pairs = characters.slice(0, -1).map((character, at) => character + characters[at + 1]);
      return { text: characters.join(""), run: true, terms: pairs.length ? pairs : characters, prefix: true };
    });
  }

  // How many of an ascending list are less than what is asked.
  function below(list, less) {
    let low = 0, high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (less(list[middle])) low = middle + 1; else high = middle;
    }
    return low;
  }

  // For each kind the hits of a term with their weight: 2 for the word itself, 1 for one that only begins with it.
  async function hitsOf(term, prefix, index) {
    const first = index.first.words, fits = (word) => word === term || prefix && word.startsWith(term);
    const start = Math.max(0, below(first, (word) => word < term) - 1);
    const end = below(first, (word) => word < term || fits(word));
    const shards = await Promise.all(first.slice(start, end).map((_, at) => load(`words-${start + at}`)));
    const found = index.kinds.map(() => new Map());
    for (const shard of shards) {
      for (let at = below(shard, ([word]) => word < term); at < shard.length && fits(shard[at][0]); at += 1) {
        const [word, kind, steps] = shard[at], weight = word === term ? 2 : 1, hits = found[kind];
        let number = 0;
        for (const step of steps) {
          number += step;
          if ((hits.get(number) || 0) < weight) hits.set(number, weight);
        }
      }
    }
    return found;
  }

  async function search(query) {
    const index = await load("index"), words = parse(query, index);
    if (!words.length) return { index, words, found: index.kinds.map(() => []) };
    const whole = [...words.map((word) => ` ${word.text}`).join("")].slice(0, index.name).join("");
    const [called, ...lists] = await Promise.all([
      hitsOf(whole, true, index), ...words.flatMap((word) => word.terms.map((term) => hitsOf(term, word.prefix, index))),
    ]);
    const found = index.kinds.map((_, kind) => {
      const [rarest, ...rest] = lists.map((list) => list[kind]).sort((a, b) => a.size - b.size);
      const both = [];
      for (const [number, weight] of rarest || []) {
        if (!rest.every((list) => list.has(number))) continue;
        const first = CALLED * (called[kind].get(number) || 0);
        both.push([number, rest.reduce((sum, list) => sum + list.get(number), first + weight)]);
      }
      return both.sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([number]) => number);
    });
    return { index, words, found };
  }

  async function hit(kind, number, index) {
    const first = index.first[kind], shard = below(first, (start) => start <= number) - 1;
    return (await load(`${kind}-${shard}`))[number - first[shard]];
  }

  // Where the words of the query are in a text: pairs of offsets, in order.
  function places(text, words, index) {
    const found = [], unspaced = new RegExp(`^${index.unspaced}`, "u");
    for (const match of text.matchAll(new RegExp(index.word, "gu"))) {
      const folded = fold(match[0]), run = unspaced.test(match[0]);
      const word = words.find((one) => one.run === run && (run ? folded.includes(one.text) : folded === one.text || one.prefix && folded.startsWith(one.text)));
      if (!word) continue;
      const start = match.index + (run && folded.length === match[0].length ? folded.indexOf(word.text) : 0);
      found.push([start, run && folded.length === match[0].length ? start + word.text.length : match.index + match[0].length, word]);
    }
    return found;
  }

  function make(tag, text, name) {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    if (name) made.className = name;
    return made;
  }

  function marked(text, words, index) {
    const found = places(text, words, index), made = make("bdi");
    let at = found.length ? Math.max(0, found[0][0] - AROUND) : 0;
    if (at) made.append("… ");
    const end = Math.min(text.length, (found.length ? found[0][1] : 0) + 2 * AROUND);
    for (const [from, to] of found) {
      if (from < at || to > end) continue;
      made.append(text.slice(at, from), make("mark", text.slice(from, to)));
      at = to;
    }
    made.append(text.slice(at, end) + (end < text.length ? " …" : ""));
    return made;
  }

  function link(path, content) {
    const made = make("a");
    made.href = path;
    made.append(content);
    return made;
  }

  function item(kind, [title, about, lines], words, index) {
    const made = make("li"), head = make("p"), name = make("bdi", title);
    const best = kind !== "texts" ? lines : lines
      .map((line, at) => [new Set(places(line[1], words, index).map((place) => place[2])).size, at, line])
      .sort((a, b) => b[0] - a[0] || a[1] - b[1]).filter((one, at) => !at || at < 3 && one[0] === words.length).map((one) => one[2]);
    const path = kind === "texts" || kind === "titles" ? lines[0][0].split("#")[0] : "";
    head.append(path ? link(path, kind === "titles" ? marked(title, words, index) : name) : name, " ", make("span", about, "who"));
    made.append(head);
    for (const [path, text] of kind === "titles" ? [] : best) {
      const line = make("p", "", "line");
      line.append(link(path, kind === "names" ? make("bdi", text) : marked(text, words, index)));
      made.append(line);
    }
    return made;
  }

  async function section(kind, numbers, { index, words }) {
    const made = make("section"), list = make("ol"), more = make("button", "Show more");
    const heading = make("h2", `${titles[kind]} `);
    heading.append(make("small", numbers.length.toLocaleString("en")));
    more.type = "button";
    let shown = 0;
    const next = async () => {
      const coming = await Promise.all(numbers.slice(shown, shown + (shown ? MORE : FIRST)).map((number) => hit(kind, number, index)));
      const items = coming.map((one) => item(kind, one, words, index));
      list.append(...items);
      shown += items.length;
      more.hidden = shown >= numbers.length;
      return items[0];
    };
    more.addEventListener("click", async () => (await next()).querySelector("a").focus());
    made.append(heading, list, more);
    await next();
    return made;
  }

  async function answer() {
    const query = input.value.trim(), number = (asked += 1), start = performance.now();
    overview.hidden = Boolean(query);
    history.replaceState(null, "", query ? `#q=${encodeURIComponent(query)}` : "#");
    if (!query) {
      results.replaceChildren();
      note.textContent = "";
      return;
    }
    try {
      const all = await search(query);
      if (number !== asked) return;
      const found = all.index.kinds.map((kind, at) => [kind, all.found[at]]).filter((one) => one[1].length);
      const parts = await Promise.all(found.map(([kind, numbers]) => section(kind, numbers, all)));
      if (number !== asked) return;
      results.replaceChildren(...parts);
      const counts = all.index.kinds.map((kind, at) => [kind, all.found[at].length])
        .map(([kind, count]) => `${count.toLocaleString("en")} ${count === 1 ? kind.slice(0, -1) : kind}`);
      const nothing = all.words.length ? "Nothing has all these words." : "Search for a word or a number.";
      note.textContent = parts.length ? counts.join(", ") : nothing;
      performance.measure("allegata-search", { start, end: performance.now() });
    } catch (error) {
      if (number !== asked) return;
      results.replaceChildren();
      note.textContent = error.message;
    }
  }

  function asLinked() {
    const linked = /^#q=(.*)$/.exec(location.hash);
    if (!linked) return;
    try { input.value = decodeURIComponent(linked[1]); } catch { input.value = linked[1]; }
    answer();
  }

  // By keyboard: the arrows go from the query through what was found and back, Escape to the query.
  addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key], here = document.activeElement;
    if (event.altKey || event.ctrlKey || event.metaKey || !(here === input || results.contains(here))) return;
    if (event.key === "Escape" && here !== input) { event.preventDefault(); input.focus(); }
    if (!step) return;
    const all = [input, ...results.querySelectorAll("a, button:not([hidden])")], next = all[all.indexOf(here) + step];
    if (next) { event.preventDefault(); next.focus(); }
  });

  form.addEventListener("submit", (event) => { event.preventDefault(); answer(); });
  input.addEventListener("input", answer);
  load("index").catch((error) => { note.textContent = error.message; });
  addEventListener("hashchange", asLinked);
  asLinked();
})();
