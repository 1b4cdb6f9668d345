"""Texts filled into one template are no copies of one another; copies and later editions still are."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pyarrow as pa
import pytest

from allegata.dedup.stage import DedupOptions, DedupResult, deduplicate
from allegata.dedup.templates import Facts, facts_of, is_another, may_have_facts

TOWNS = ("Lorn", "Bad Hassel", "Quarne", "Ostrel", "Vimmer", "Saint-Aule", "Nedby")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday")


def quake(rng: random.Random) -> str:
    n = rng.randrange
    return (
        f"The Coast Survey measured a tremor of magnitude {rng.uniform(2, 6):.1f} some {n(5, 95)} kilometres from "
        f"{rng.choice(TOWNS)} on {rng.choice(DAYS)}. It began at {n(1, 12)}:{n(10, 60)} and lay {n(1, 40)} kilometres "
        f"deep. People of the region felt it, and {n(30, 900)} of them wrote to the survey. Nobody was hurt and "
        "nothing fell down, the survey says. Tremors of this size are frequent and seldom do harm. The text was put "
        "together by a program from the data of the instruments."
    )


def sale(rng: random.Random) -> str:
    n = rng.randrange
    return (
        f"Die Gemeinde {rng.choice(TOWNS)} hat am {n(1, 29)}. Mai ein Grundstück von {n(200, 990)} Quadratmetern für "
        f"{n(20, 900)}.000 Euro verkauft. Es liegt {n(2, 30)} Kilometer vor dem Ort. Der Rat stimmte mit {n(9, 30)} zu "
        f"{n(1, 9)} Stimmen zu. Wer gekauft hat, wird nicht bekannt gegeben. Auskunft gibt das Bauamt während der "
        "üblichen Zeiten, und die Unterlagen liegen dort zur Einsicht aus. Gegen den Beschluss kann binnen Monatsfrist "
        "Einspruch erhoben werden, schriftlich oder zur Niederschrift. Dieser Text wurde automatisch aus dem Register "
        "der Gemeinden erstellt und von niemandem geprüft."
    )


def weather(rng: random.Random) -> str:
    n = rng.randrange
    return (
        f"{n(1, 12)}月{n(1, 29)}日、気象台は海岸に注意報を出した。風速は{n(10, 40)}メートル、波高は{n(2, 9)}メートルに"
        f"達する見込みで、雨量は{n(50, 300)}ミリと予想されている。住民は海に近づかないよう求められている。文章は観測"
        "データから自動的に作成された。詳しい情報は気象台の案内を見てほしい。"
    )


MATCH = (
    "In the evening {0} met {1} before a full house, and it was {2} who decided the game of 90 minutes for {0} with a "
    "late goal. Captain {3} of {1} spoke of bad luck, and the trainer was content all the same. After the "
    "break the guests had the better chances, but nobody made use of them, and the hosts keep the lead of 2 points in "
    "the table of 18. Next week they will travel to {4} without their keeper."
)


Template = Callable[[random.Random], str]
TEMPLATES: tuple[Template, ...] = (quake, sale, weather)


def table(*texts: str) -> pa.Table:
    names = [f"t{number:02}" for number in range(len(texts))]
    return pa.table({"article_id": names, "text": list(texts), "published": pa.nulls(len(texts), pa.string())})


def kinds(result: DedupResult) -> list[str]:
    found: list[str] = result.articles["kind"].to_pylist()
    return found


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("seed", range(5))
def test_events_told_by_one_template_are_all_kept_in_one_cluster(template: Template, seed: int) -> None:
    rng = random.Random(seed)
    result = deduplicate(table(*(template(rng) for _ in range(6))))
    assert kinds(result) == ["unique"] * 6
    assert len(set(result.articles["cluster_id"].to_pylist())) == 1
    assert result.counters["pairs of one template"] == result.counters["verified pairs"] > 10


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_copy_of_one_of_them_stands_for_its_own_event(template: Template) -> None:
    rng = random.Random(3)
    first, second, third = (template(rng) for _ in range(3))
    edited = second.replace("survey", "office").replace("Auskunft", "Nachricht").replace("住民", "市民")
    rows = deduplicate(table(first, second, third, edited, third)).articles.to_pylist()
    of = {row["article_id"]: row["canonical_id"] for row in rows}
    assert of["t00"] == "t00"
    assert of["t01"] == of["t03"]
    assert of["t02"] == of["t04"]
    assert len(set(of.values())) == 3


def test_a_chain_that_may_be_removed_is_still_no_chain_of_templates() -> None:
    rng = random.Random(1)
    assert kinds(deduplicate(table(*(quake(rng) for _ in range(4))), DedupOptions(drift=0.0))) == ["unique"] * 4


STORY = (
    "The council of Lorn voted on Tuesday by 14 to 9 to close the quarry in 2031. Mayor Ilse Reed said the 120 people "
    "who work there would be offered other posts. The firm, which paid 4.5 million for the site in 2009, wants 12. "
    "Residents have complained of dust for 20 years. A survey found that 3 of 4 houses within 800 metres have cracks."
)


@pytest.mark.parametrize(
    "edition",
    [
        STORY.replace("14 to 9", "15 to 8").replace("120", "140"),
        STORY.replace("Residents have", "People who live nearby have").replace("wants", "now asks for"),
        "Published 3 May, 12:45, 7 comments.\n" + STORY,
        STORY.replace("Ilse Reed", "Ilsa Reed") + " The vote was taken after midnight, said 2 witnesses.",
        STORY.upper(),
    ],
    ids=["two figures corrected", "reworded", "with a line of dates", "with a sentence more", "in capitals"],
)
def test_a_later_edition_is_a_copy(edition: str) -> None:
    assert sorted(kinds(deduplicate(table(STORY, edition)))) in (["near", "unique"], ["exact", "unique"])


def test_one_text_with_other_dates_and_counts_around_it_is_a_copy() -> None:
    plain = STORY.translate({ord(digit): "n" for digit in "0123456789"}) * 2
    texts = [f"{head}\n{plain}" for head in ("3 May 2024, 12:45, 7 comments", "9 June 2025, 08:10, 31 comments")]
    assert sorted(kinds(deduplicate(table(*texts)))) == ["near", "unique"]


def test_names_tell_texts_apart_whose_numbers_are_the_same() -> None:
    texts = [MATCH.format(*names) for names in (("Lorn", "Nedby", "Ada", "Bo", "Quarne"), TOWNS[-5:])]
    result = deduplicate(table(*texts))
    assert kinds(result) == ["unique", "unique"]
    assert result.counters["pairs of one template"] == 1
    renamed = MATCH.format("Lorn", "Nedby", "Ada", "Bea", "Quarne")
    assert kinds(deduplicate(table(texts[0], renamed))) == ["near", "unique"]


def test_facts_can_be_written_and_read() -> None:
    facts = facts_of(STORY)
    assert facts is not None
    assert Facts.read(facts.written()) == facts
    assert not is_another(facts, facts)
    assert facts_of("Nobody was hurt.") is None


@pytest.mark.alone
def test_a_long_text_of_numbers_takes_linear_time() -> None:
    text = " ".join(map(str, range(100_000)))
    start = time.process_time()
    assert facts_of(text) is not None
    assert time.process_time() - start < 3


def test_the_fewest_digits_that_can_be_facts_are_looked_at() -> None:
    texts = ["1 goal, 2 saves, 3 cards", "1 goal, 2 saves, no cards", "١ و ٢ و ٣", "12", ""]
    assert may_have_facts(pa.chunked_array([texts])).tolist() == [1, 0, 1, 0, 0]
    assert [facts_of(text) is not None for text in texts] == [True, False, True, False, False]
