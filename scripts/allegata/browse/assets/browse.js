"use strict";
// Selecting and filtering. Without this script every page can be read, and every link works.
(() => {
  document.documentElement.classList.add("js");
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const words = (text) => (text || "").split(" ").filter(Boolean);

  // The article page: a mark, its number and its card belong together by their anchor. A mark states what begins at
  // it and what has ended before it.
  const marks = new Map(), anchors = new Map(), sizes = new Map();
  const open = new Map();
  for (const mark of all(".text .m")) {
    for (const anchor of words(mark.dataset.off)) {
      if (open.get(anchor) > 1) open.set(anchor, open.get(anchor) - 1);
      else open.delete(anchor);
    }
    for (const anchor of words(mark.dataset.on)) open.set(anchor, (open.get(anchor) || 0) + 1);
    anchors.set(mark, [...open.keys()]);
    for (const anchor of open.keys()) {
      if (!marks.has(anchor)) marks.set(anchor, []);
      marks.get(anchor).push(mark);
      sizes.set(anchor, (sizes.get(anchor) || 0) + mark.textContent.length);
    }
  }
  const cards = document.querySelector(".cards");
  let chosen = "";

  function choose(anchor, scroll) {
    for (const mark of marks.get(chosen) || []) mark.classList.remove("on");
    for (const card of all(".card.chosen")) card.classList.remove("chosen");
    const card = anchor && document.getElementById(anchor);
    chosen = card && card.matches(".card") ? anchor : "";
    document.documentElement.classList.toggle("choosing", Boolean(chosen));
    if (!chosen) return;
    const layer = card.closest("details.layer");
    if (layer) {
      layer.open = true;
      // A link may lead to a layer that is switched off.
      for (const name of layer.classList) {
        const shown = document.getElementById(`page:show-${name}`);
        if (shown) shown.checked = true;
      }
    }
    card.classList.add("chosen");
    const mine = marks.get(chosen) || [];
    for (const mark of mine) mark.classList.add("on");
    if (cards) cards.scrollTop = 0;
    if (scroll && mine.length) mine[0].scrollIntoView({ block: "center", behavior: scroll });
  }

  // A page that has just been opened is at its place at once, and does not roll there.
  const here = (event) => choose(location.hash.slice(1), event ? "auto" : "instant");

  function go(anchor) {
    history.pushState(null, "", anchor ? `#${anchor}` : location.pathname + location.search);
    choose(anchor, "");
  }

  function clear() {
    const number = document.querySelector(`.text a[href="#${CSS.escape(chosen)}"]`) || document.querySelector(".text");
    go("");
    number.focus({ preventScroll: true });
  }

  if (cards) {
    const text = document.querySelector(".text");
    text.tabIndex = -1;
    const back = document.createElement("button");
    back.className = "all";
    back.type = "button";
    back.textContent = "Show everything";
    back.addEventListener("click", clear);
    cards.prepend(back);

    text.addEventListener("click", (event) => {
      const mark = event.target.closest(".m");
      if (!mark || event.target.closest("a") || (event.detail < 2 && String(getSelection()))) return;
      // The smallest thing under the pointer first; the same place again shows the next larger one.
      const found = [...anchors.get(mark)].sort((a, b) => sizes.get(a) - sizes.get(b));
      go(found[(found.indexOf(chosen) + 1) % found.length]);
    });
    let near = [];
    const point = (event) => {
      for (const mark of near) mark.classList.remove("near");
      const mark = event.target.closest(".text .m"), card = event.target.closest(".card");
      const anchor = mark ? anchors.get(mark).at(-1) : card ? card.id : "";
      near = marks.get(anchor) || [];
      for (const one of near) one.classList.add("near");
    };
    document.addEventListener("mouseover", point);
    document.addEventListener("focusin", point);
    document.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.altKey || event.metaKey || !document.getElementById("page:use-keys").checked) return;
      if (event.target.matches("select, textarea, input:not([type=checkbox])")) return;
      if (event.key === "Escape" && chosen) clear();
      if (event.key !== "n" && event.key !== "p") return;
      const claims = all(".card.claim").map((card) => card.id);
      if (!claims.length) return;
      const at = claims.indexOf(chosen), step = event.key === "n" ? 1 : -1;
      go(claims[(at < 0 && step < 0 ? claims.length - 1 : at + step + claims.length) % claims.length]);
      here(event);
      document.getElementById(chosen).focus({ preventScroll: true });
    });
    addEventListener("popstate", here);
    addEventListener("hashchange", here);
    here();
  }

  // A link may lead to what an earlier version had on another part of an article or a story.
  const part = () => {
    const anchor = location.hash.slice(1);
    if (!anchor || document.getElementById(anchor)) return;
    const line = Number(/^line:(\d+)$/.exec(anchor)?.[1]);
    const holds = (link) => line >= 0 ? Number(link.dataset.holds.slice(5).split(" ")[0]) <= line : words(link.dataset.holds).includes(anchor);
    const held = all(".parts a[data-holds]").filter(holds).at(-1);
    if (held && !held.ariaCurrent) location.replace(held.href + location.hash);
  };
  addEventListener("hashchange", part);
  part();

  // The story page: filters of the table of disputes.
  const filters = document.querySelector("form.filters");
  if (filters) {
    filters.addEventListener("submit", (event) => event.preventDefault());
    const rows = all("tbody[data-kind]");
    const apply = () => {
      const { kind, article, entity, word } = filters.elements;
      const wanted = word.value.toLowerCase();
      let shown = 0;
      for (const row of rows) {
        const fits = (!kind.value || row.dataset.kind === kind.value) &&
          (!article.value || words(row.dataset.article).includes(article.value)) &&
          (!entity.value || words(row.dataset.entity).includes(entity.value)) &&
          (!wanted || row.textContent.toLowerCase().includes(wanted));
        row.hidden = !fits;
        shown += fits;
      }
      document.getElementById("page:shown").textContent = `${shown} of ${rows.length} ${rows.length === 1 ? "dispute" : "disputes"}`;
    };
    filters.addEventListener("input", apply);
    // A link to a dispute shows it, whatever the filters say.
    addEventListener("hashchange", () => {
      const row = document.getElementById(location.hash.slice(1));
      if (!row || !row.hidden) return;
      filters.reset();
      apply();
      row.scrollIntoView();
    });
    apply();
  }
})();
