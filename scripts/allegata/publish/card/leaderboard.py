"""The benchmark in the card: what reading is worth in each task; on a page, the whole leaderboard of this version."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from statistics import median

from allegata.publish.card.pages import Links, page
from allegata.publish.markdown import sections, under
from allegata.publish.stored import Facts, read_stored
from allegata.schema.digests import combined_digest
from allegata.schema.markup import code, inline, markdown_table
from allegata.schema.release_manifest import ReleaseManifest
from allegata.schema.wording import listed, number, some

LEADERBOARD = "corpus/leaderboard.json"
BEGIN, END = "<!-- leaderboard -->", "<!-- /leaderboard -->"
AGAIN = "`allegata leaderboard --baselines` makes it"
SIGNIFICANT = 0.05
_BESIDE = "Beside the published leaderboard"
# Articles, or stories, that have a column of their own or are named.
_SHOWN = 12


def tables_digest(manifest: ReleaseManifest) -> str:
    """The digest of what a version says: of its tables' digests by name, however they are stored."""
    return combined_digest({name: facts.digest for name, facts in manifest.tables.items()})


def read_leaderboard_facts(root: Path) -> Facts | None:
    """The stored leaderboard; None where there is none. Raises ProblemsFound where it is damaged."""
    return read_stored(root, LEADERBOARD, "allegata leaderboard", leaderboard_text)


def leaderboard_section(facts: Facts | None, manifest: ReleaseManifest, links: Links, *, annotated: bool = True) -> str:
    """The section between its marks, which stay where it has nothing to say: what reading is worth in each task.

    Figures of another version, or of other rows, are named but never shown.
    """
    what = (
        "`allegata tasks` says what is asked, how it is scored and how an answer is written down; `allegata score` "
        "scores it."
    )
    body = ""
    if facts is not None and not _is_of(facts, manifest):
        stale = "other rows" if facts["version"] == manifest.version else f"version {inline(facts['version'])}"
        body = (
            f"The stored leaderboard is of {stale} and is not shown. "
            f"None has been made of version {manifest.version} yet: {AGAIN}. {what}"
        )
    elif facts is not None:
        shown = f"{links.page('leaderboard', 'Every system, article and interval')}. {what}"
        body = sections(*_floors(facts), shown)
    text = under("Benchmark", body or what) if annotated or body else ""
    return "\n".join(filter(None, (BEGIN, text, END)))


def leaderboard_page(facts: Facts | None, manifest: ReleaseManifest) -> bytes:
    """The page with all figures; empty where there are none of this version."""
    return page("Leaderboard", leaderboard_text(facts)) if facts is not None and _is_of(facts, manifest) else b""


def leaderboard_text(facts: Facts) -> str:
    """All figures: what they were measured with, what they can show, and a table for each task."""
    return sections(_provenance(facts), *_floors(facts), _limits(facts), *_sections(facts))


def rows_lost(stored: Facts, facts: Facts) -> list[str]:
    """What `stored` has and `facts` has not: whole tasks, and the systems of the others."""
    lost = []
    for name, task in stored["tasks"].items():
        there = {row["system"] for row in facts["tasks"].get(name, {"systems": ()})["systems"]}
        gone = [row["system"] for row in task["systems"] if row["system"] not in there]
        if gone:
            whole = f"{name} (whole task, {number(len(gone), 'system')})"
            lost.append(f"{name} ({some(gone, _SHOWN)})" if there else whole)
    return lost


def comparison_text(stored: Facts | None, facts: Facts) -> str:
    """A table for each task of `facts`: its systems among those of the `stored` leaderboard, the best first; why there
    is none where the two are of other rows or scorers; empty where nothing is stored."""
    if stored is None:
        return ""
    made, mine = ((one["version"], one["tables"], one["scorer"]["sources"]) for one in (stored, facts))
    if made != mine:
        return under(_BESIDE, "The stored leaderboard is of other rows or another scorer: no figures are compared.")
    return under(_BESIDE, *(_beside(name, task, stored["tasks"].get(name)) for name, task in facts["tasks"].items()))


def _beside(name: str, task: Facts, stored: Facts | None) -> str:
    mine = {row["system"] for row in task["systems"]}
    rows = [(row, "scored here") for row in task["systems"]]
    rows += [(row, "published") for row in (stored or {"systems": ()})["systems"] if row["system"] not in mine]
    rows.sort(key=lambda found: (found[0]["score"] is None, -(found[0]["score"] or 0), found[0]["system"]))
    cells = [[inline(row["system"]), _text(row["score"]), _bounds(row["interval"]), where] for row, where in rows]
    return f"{inline(name)}:\n\n" + markdown_table(["system", task["measure"], "95 %", "row"], cells)


def _is_of(facts: Facts, manifest: ReleaseManifest) -> bool:
    return bool((facts["version"], facts["tables"]) == (manifest.version, tables_digest(manifest)))


def _provenance(facts: Facts) -> str:
    scorer = facts["scorer"]
    commit = f", last changed by commit {code(scorer['commit'][:12])}" if scorer["commit"] else ""
    return (
        f"Version {inline(facts['version'])}, tables {code(facts['tables'][:12])}; {inline(scorer['name'])}, sources "
        f"{code(scorer['sources'][:12])}{commit}. {_held_out(facts)} A submission is a folder that anyone can "
        "score again (`allegata score TASK FOLDER`); the last column has the sha256 of its predictions."
    )


def _floors(facts: Facts) -> Iterator[str]:
    """What reading is worth in each task: the best system that reads against the best floor."""
    rows = []
    for name, task in facts["tasks"].items():
        found = task.get("floor")
        if found is None:
            continue
        score = {system["system"]: _text(system["score"]) for system in task["systems"]}
        difference = "undefined" if found["difference"] is None else f"{found['difference']:+.3f}"
        rows.append(
            [
                inline(name),
                inline(task["measure"]),
                f"{score[found['floor']]} ({inline(found['floor'].removeprefix('floor '))})",
                f"{score[found['system']]} ({inline(found['system'])})",
                difference,
                "undefined" if found["p"] is None else f"{found['p']:.4f}",
                "yes" if found["clear"] else "no",
            ]
        )
    if not rows:
        return
    yield (
        "**What reading is worth.** A floor needs no reading: one label for all, the zone, the place, the length, "
        "whole sentences, shared words, the words that were marked in other articles. A task shows something only "
        f"where a system is clearly above its best floor: ahead, with p < {SIGNIFICANT} in a paired permutation test "
        "over the same units, not corrected for the number of systems and tasks."
    )
    yield markdown_table(["task", "measure", "best floor", "best system", "difference", "p", "clear"], rows)
    if unclear := [row[0] for row in rows if row[-1] == "no"]:
        yield (
            f"Not clear here: {listed(unclear)}. The scores of these tasks below show nothing of reading; ask them of "
            "a corpus with more stories."
        )


def _unit(facts: Facts) -> tuple[str, str]:
    """What is held out at a time, and several of it: of disputes it is always a story."""
    by_story = all(task.get("held_out") == "story" for task in facts["tasks"].values())
    return ("story", "stories") if by_story else ("article", "articles")


def _task_unit(task: Facts) -> tuple[str, str]:
    return ("story", "stories") if task.get("held_out") == "story" else ("article", "articles")


def _held_out(facts: Facts) -> str:
    if _unit(facts)[0] == "story":
        return "Each story is predicted by what was trained without any of its articles."
    return "Each article is predicted without having been seen, a pair of claims without either of its articles."


def _limits(facts: Facts) -> str:
    """What the articles can and cannot show, in figures of this leaderboard."""
    one, many = _unit(facts)
    tasks = {name: task for name, task in facts["tasks"].items() if _task_unit(task)[0] == one}
    best = {name: task["systems"][0] for name, task in tasks.items()}
    count = len({article for system in best.values() for article in system["articles"]})
    width = {name: system["interval"][1] - system["interval"][0] for name, system in best.items() if system["interval"]}
    spread = {name: max(found) - min(found) for name, system in best.items() if (found := _defined(system))}
    across = {name: system["across"][1] - system["across"][0] for name, system in best.items() if system["across"]}
    ahead = [name for name, task in tasks.items() if _everywhere(task["systems"][0], task["systems"][-1])]
    close = [name for name, task in tasks.items() if _too_close(task)]
    swapped = "a test that swaps whole articles (MAP)"
    fewest = f"; {swapped} can never give less than {2 / 2**count:.4f} here" if one == "article" else ""
    lines = [
        f"**What {number(count, one, many)} can and cannot show.** They are no random sample: no score here is an "
        "estimate for other texts, and none is given as one number alone.",
        f"- *Within these {many}* the 95 % bootstrap interval of the first system of a task is "
        f"{_range(width, 'wide')}. {_spoken_of(tasks, many)}",
        f"- *Between {many}* the {count} scores of the first system lie {_range(spread, 'apart')}. Had the {many} "
        "been drawn at random, which they were not, the mean of such scores would be known to an interval (Student's "
        f"t) {_range(across, 'wide')}.",
        f"- They can show that a method reads at all: in {len(ahead)} of {len(tasks)} tasks the first system is ahead "
        f"of the last in every {one}.",
        f"- They cannot rank what is close: in {len(close)} of {len(tasks)} tasks the first two systems do not differ "
        f"at p < {SIGNIFICANT}{_listed(close)}. p takes what it swaps to be independent and is not corrected for the "
        f"number of systems{fewest}.",
    ]
    pinned = sorted({article for task in tasks.values() for article in task["pinned"]})
    if pinned:
        names = some(map(code, pinned), _SHOWN)
        lines.append(
            f"- The pinned test split is {number(len(pinned), 'article')} ({names}), "
            "predicted by what was trained on the train split alone: one more draw, not a better one."
        )
    return lines[0] + "\n\n" + "\n".join(lines[1:])


def _spoken_of(tasks: Mapping[str, Facts], many: str) -> str:
    """What the intervals speak of, by what was resampled."""
    if any(" stories, " in (task["interval"] or "") for task in tasks.values()):
        return "Whole stories are resampled: it speaks of further stories, as far as they are like these."
    return (
        f"It speaks of further sentences, paragraphs or pairs of these {many}, not of other {many}, and takes them to "
        "be independent: pairs share claims, so theirs is narrower than it should be."
    )


def _range(widths: Mapping[str, float], what: str) -> str:
    """The narrowest, the median and the widest, with their tasks."""
    if not widths:
        return "undefined"
    low, high = min(widths, key=lambda name: (widths[name], name)), max(widths, key=lambda name: (widths[name], name))
    middle = median(widths.values())
    ends = (f"{widths[name]:.3f} ({inline(name)})" for name in (low, high))
    return f"between {' and '.join(ends)} {what}, {middle:.3f} in the median"


def _defined(system: Facts) -> list[float]:
    return [value for value in system["articles"].values() if value is not None]


def _everywhere(first: Facts, last: Facts) -> bool:
    pairs = [(first["articles"][article], last["articles"][article]) for article in first["articles"]]
    return all(left is not None and right is not None and left > right for left, right in pairs)


def _too_close(task: Facts) -> bool:
    return len(task["systems"]) > 1 and (task["systems"][1]["p"] is None or task["systems"][1]["p"] >= SIGNIFICANT)


def _listed(names: list[str]) -> str:
    return f" ({', '.join(map(inline, names))})" if names else ""


def _sections(facts: Facts) -> Iterator[str]:
    for name, task in facts["tasks"].items():
        unit = _task_unit(task)
        every = list(task["systems"][0]["articles"])
        articles = every if len(every) <= _SHOWN else []
        short = [article.split("_")[0] for article in articles]
        heads = short if len(set(short)) == len(short) else articles
        head = [
            "system",
            "all",
            "95 % interval",
            *map(inline, heads),
            "lowest to highest",
            "mean, t interval",
            "pinned",
            "p",
        ]
        yield f"## {inline(name)}\n\n{inline(task['question'])} Official measure: {inline(task['measure'])}."
        yield markdown_table([*head, "predictions"], [_row(system, articles) for system in task["systems"]])
        interval = task["interval"] or f"none, {number(len(every), *unit)}: too few distinct resamples"
        yield "Systems: " + " ".join(_described(system) for system in task["systems"])
        yield (
            f"Interval: {inline(interval)}. t interval: {inline(task['across'] or 'none')}. "
            "p, first system against this: " + (f"{inline(task['test'])}." if task["test"] else "one system alone.")
        )


def _described(system: Facts) -> str:
    """What a system says of itself: its method, and the seed if it draws anything."""
    seed = "" if system.get("seed") is None else f" (seed {system['seed']})"
    return f"*{inline(system['system'])}*{seed}: {inline(system['method'])}"


def _row(system: Facts, articles: list[str]) -> list[str]:
    found = _defined(system)
    others = f", trained on {', '.join(system['trained_on'])} too" if system["trained_on"] else ""
    return [
        inline(system["system"] + others),
        _text(system["score"]),
        _bounds(system["interval"]),
        *(_text(system["articles"][article]) for article in articles),
        f"{min(found):.3f} to {max(found):.3f}" if found else "undefined",
        f"{sum(found) / len(found):.3f}, {_bounds(system['across'])}" if found else "undefined",
        "none" if system["pinned"] is None else _text(system["pinned"]),
        "" if system["p"] is None else f"{system['p']:.4f}",
        code(system["predictions"][:12]),
    ]


def _text(value: float | None) -> str:
    """A figure; undefined is said, never shown as 0."""
    return "undefined" if value is None else f"{value:.3f}"


def _bounds(bounds: list[float] | None) -> str:
    return f"{bounds[0]:.3f} to {bounds[1]:.3f}" if bounds else "none"
