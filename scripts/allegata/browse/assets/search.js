"use strict";
// Search: loads the scripts of search/ that a query needs, and shows names, titles, claims and texts that have all its words:
// first what is called so as a whole, then what begins so.
(() => {
  const form = document.querySelector("form.search");
  if (!form) return;
  const input = form.elements.query, note = document.getElementById("found"), results = document.getElementById("results");
  const overview = document.getElementById("overview"), FIRST = 8, MORE = 20, AROUND = 120, CALLED = 1e6;
  const SPACED = /[\p{L}\p{N}\p{M}]+/gu; // words, where blanks stand between them
  const titles = { names: "Names", titles: "Titles", claims: "Claims", texts: "Texts" };
  const waiting = new Map(), loaded = new Map();
  let asked = 0, anyWord, unspaced;

  window.allegataSearch = (name, data) => {
    loaded.set(name, data);
    if (name !== "index") return;
    // Made and used once before anything is asked: their first use takes as long as the rest of an answer.
    anyWord = new RegExp(data.word, "gu");
    unspaced = new RegExp(data.unspaced, "u");
    wordsOf("word");
  };

  function load(name) {
    if (loaded.has(name)) return loaded.get(name);
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

  // Every word of a text, its offset, and whether it is a run of a script without blanks.
  const wordsOf = (text) => [...text.matchAll(unspaced.test(text) ? anyWord : SPACED)].map((match) => [match[0], match.index, unspaced.test(match[0])]);

  // The words of a query: `terms` are looked up, `text` is marked; of a script without blanks a run has several terms.
  function parse(query, index) {
    return wordsOf(query).map(([one, , run]) => {
      const characters = [...fold(one)];
      if (!run) {
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

  // The entries of a term, and with `prefix` of all that begin with it.
  async function entries(start, prefix, index) {
    const first = index.first.words, less = (word) => word <= start || prefix && word.startsWith(start);
    const from = Math.max(0, below(first, (word) => word < start) - 1), scripts = first.slice(from, below(first, less));
    const shards = await Promise.all(scripts.map((_, at) => load(`words-${from + at}`)));
    return shards.flatMap((shard) => shard.slice(below(shard, ([word]) => word < start), below(shard, ([word]) => less(word))));
  }

  // For each kind the hits of those entries that `weigh` gives a weight, with the largest.
  function weighed(found, weigh, index) {
    const hits = index.kinds.map(() => new Map());
    for (const [word, kind, steps] of found) {
      const weight = weigh(word);
      let number = 0;
      for (const step of weight ? steps : []) {
        number += step;
        if ((hits[kind].get(number) || 0) < weight) hits[kind].set(number, weight);
      }
    }
    return hits;
  }

  // Of a term: 2 for the word itself, 1 for one that only begins with it.
  const hitsOf = async (term, prefix, index) =>
    weighed(await entries(term, prefix, index), (word) => word === term ? 2 : 1, index);

  // Of all words as one name: 2 for what is called so, 1 for what is called so in the beginning.
  async function calledSo(words, index) {
    const cut = (text) => [...text].slice(0, index.name).join(""), whole = cut(words.map((word) => `${word.text} `).join(""));
    const start = words.at(-1).prefix ? cut(words.map((word) => word.text).join(" ")) : whole;
    return weighed(await entries(start, true, index), (word) => word === whole ? 2 : word.includes(" ") ? 1 : 0, index);
  }

  async function search(query) {
    const index = await load("index"), words = parse(query, index);
    if (!words.length) return { index, words, found: index.kinds.map(() => []) };
    const [called, ...lists] = await Promise.all([
      calledSo(words, index), ...words.flatMap((word) => word.terms.map((term) => hitsOf(term, word.prefix, index))),
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
  function places(text, words) {
    const found = [];
    for (const [one, at, run] of wordsOf(text)) {
      const folded = fold(one), inside = run && folded.length === one.length;
      const asked = words.find(({ text, prefix, run: other }) => other === run && (run ? folded.includes(text) : folded === text || prefix && folded.startsWith(text)));
      if (!asked) continue;
      const start = at + (inside ? folded.indexOf(asked.text) : 0);
      found.push([start, inside ? start + asked.text.length : at + one.length, asked]);
    }
    return found;
  }

  // As `toLocaleString("en")`, of which the first use takes 20 ms.
  const thousands = (count) => String(count).replace(/\B(?=(\d{3})+$)/g, ",");

  function make(tag, text, name) {
    const made = document.createElement(tag);
    if (text) made.textContent = text;
    if (name) made.className = name;
    return made;
  }

  function quoted(text, language) {
    const made = make("bdi", text);
    if (language) made.lang = language;
    return made;
  }

  function marked(text, words, language) {
    const found = places(text, words), made = quoted("", language);
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

  function item(kind, [title, about, lines, language], words) {
    const made = make("li"), head = make("p"), name = quoted(title, kind === "texts" ? language : "");
    const best = kind !== "texts" ? lines : lines
      .map((line, at) => [new Set(places(line[1], words).map((place) => place[2])).size, at, line])
      .sort((a, b) => b[0] - a[0] || a[1] - b[1]).filter((one, at) => !at || at < 3 && one[0] === words.length).map((one) => one[2]);
    const path = kind === "texts" || kind === "titles" ? lines[0][0].split("#")[0] : "";
    head.append(path ? link(path, kind === "titles" ? marked(title, words, language) : name) : name, " ", make("span", about, "who"));
    made.append(head);
    for (const [path, text] of kind === "titles" ? [] : best) {
      const line = make("p", "", "line");
      line.append(link(path, kind === "names" ? make("bdi", text) : marked(text, words, language)));
      made.append(line);
    }
    return made;
  }

  // What was found of a kind: its heading at once, and `next(count)` to show more of it.
  function section(kind, numbers, { index, words }) {
    const made = make("section"), list = make("ol"), more = make("button", "Show more");
    const heading = make("h2", `${titles[kind]} `);
    heading.append(make("small", thousands(numbers.length)));
    more.type = "button";
    let shown = 0;
    const next = async (count) => {
      const coming = numbers.slice(shown, shown + count);
      shown += coming.length;
      const items = (await Promise.all(coming.map((number) => hit(kind, number, index)))).map((one) => item(kind, one, words));
      list.append(...items);
      more.hidden = shown >= numbers.length;
      return items[0];
    };
    more.hidden = true;
    more.addEventListener("click", async () => (await next(MORE)).querySelector("a").focus());
    made.append(heading, list, more);
    return { made, next };
  }

  // Shows it, and is done when it has been painted: the address, and what is read next, would make it later.
  async function show(query, text, parts = [], busy = false) {
    overview.hidden = Boolean(query);
    results.replaceChildren(...parts);
    results.setAttribute("aria-busy", busy);
    note.textContent = text;
    const number = asked;
    // A page in the background is not painted.
    if (!document.hidden) await new Promise((painted) => requestAnimationFrame(() => setTimeout(painted)));
    if (number !== asked) return;
    history.replaceState(null, "", query ? `#q=${encodeURIComponent(query)}` : "#");
  }

  async function answer() {
    const query = input.value.trim(), number = (asked += 1), late = () => number !== asked;
    if (!query) return show("", "");
    results.setAttribute("aria-busy", true);
    try {
      const all = await search(query);
      if (late()) return;
      const found = all.index.kinds.map((kind, at) => [kind, all.found[at]]).filter((one) => one[1].length);
      const parts = found.map(([kind, numbers]) => section(kind, numbers, all));
      // The first of all before any other: each script that is read with it makes it later.
      if (parts.length) await parts[0].next(1);
      if (late()) return;
      const counts = all.index.kinds.map((kind, at) => [kind, all.found[at].length])
        .map(([kind, count]) => `${thousands(count)} ${count === 1 ? kind.slice(0, -1) : kind}`);
      const nothing = all.words.length ? "Nothing has all these words." : "Search for a word or a number.";
      await show(query, parts.length ? counts.join(", ") : nothing, parts.map((part) => part.made), true);
      if (late()) return;
      for (const [at, part] of parts.entries()) {
        await part.next(at ? FIRST : FIRST - 1);
        if (late()) return;
      }
      results.setAttribute("aria-busy", false);
    } catch (error) {
      if (!late()) show(query, error.message);
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
  addEventListener("hashchange", asLinked);
  addEventListener("DOMContentLoaded", asLinked);
})();
