"""`allegata privacy`: who and what reaches them, with their places; measured on texts that were marked before."""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from allegata.cli.app import app
from allegata.propose.names import Background, find_names
from allegata.recipe.privacy import _regions
from allegata.text.contact_data import find_contacts
from allegata.text.spans import Span
from privacy_texts import TEXTS
from project import tree

NEWS = (
    "Ferry sails again\n\nThe ferry sails at nine, Mara Quill said. Bookings are taken at mara.quill@harbour.example "
    "and on 020 7946 0123; Quill answers as @gate_keeper.\n\nThe harbour office of Brackwater said nothing more about "
    "the bridge, which has been shut since May for repairs of its deck.\n\nAdvertisement\n\nRepairs will go on until "
    "the summer, the council of Brackwater said on Monday, and cost more than had been planned.\n"
)
MARKED = re.compile(r"\{(\w+)\|([^}]*)\}")


def marked(text: str) -> tuple[str, set[tuple[int, int, str]]]:
    """A text without its marks, and `(start, end, kind)` of each."""
    places, plain, last = set(), "", 0
    for match in MARKED.finditer(text):
        plain += text[last : match.start()]
        places.add((len(plain), len(plain) + len(match.group(2)), match.group(1)))
        plain, last = plain + match.group(2), match.end()
    return plain + text[last:], places


def test_precision_and_recall_on_texts_that_were_marked_first() -> None:
    """A name is found where any of it is; all else at exactly its place."""
    right, wrong, missed = Counter[str](), Counter[str](), Counter[str]()
    for language, text in TEXTS:
        plain, wanted = marked(text)
        person = "person, no capitals" if language in ("ar", "he", "hi", "ja", "zh", "ko", "th") else "person"
        contacts = {(one.start, one.end, one.kind) for one in find_contacts(plain, _regions(language))}
        names = [name.hull for name in find_names(plain, language, Background()) if name.label == "PERSON"]
        people = [Span(start, end) for start, end, kind in wanted if kind == "person"]
        wanted = {place for place in wanted if place[2] != "person"}
        right.update(kind for _, _, kind in wanted & contacts)
        wrong.update(kind for _, _, kind in contacts - wanted)
        missed.update(kind for _, _, kind in wanted - contacts)
        seen = [one for one in people if any(one.overlaps(name) for name in names)]
        right[person] += len(seen)
        missed[person] += len(people) - len(seen)
        wrong[person] += sum(not any(name.overlaps(one) for one in people) for name in names)
    for kind in sorted(right | wrong | missed):
        counts = f"{right[kind]} found, {wrong[kind]} wrong, {missed[kind]} missed"
        precision = right[kind] / max(1, right[kind] + wrong[kind])
        recall = right[kind] / max(1, right[kind] + missed[kind])
        print(f"{kind}: precision {precision:.2f}, recall {recall:.2f} ({counts})")
    assert all(kind.startswith("person") for kind in +missed)
    assert wrong["email"] + wrong["handle"] + wrong["phone"] + wrong["iban"] <= 1
    assert right["person"] > 2 * missed["person"]
    assert right["person"] > 2 * wrong["person"]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("почта мара@гавань.рф, мост", "email"),
        ("連絡先はakari@minato.exampleです", "email"),
        ("자세한 것은 @gate_keeper에게", "handle"),
        ("اتصل على +٢٠ ٢ ٢٥٥٥ ٠١١٨ غدا", "phone"),
    ],
)
def test_an_address_ends_where_another_script_goes_on(text: str, kind: str) -> None:
    (one,) = find_contacts(text)
    assert one.kind == kind
    assert not text[one.start : one.end].isspace()
    assert text[one.start - 1] + text[one.end] in ("  ", " ,", "はで", " 에")


@pytest.mark.parametrize("text", ["GB00 WEST 1234 5698 7654 32", "300.1.2.3", "on 3.4.2031", "10:02:33", "3 @ 5"])
def test_what_only_looks_like_one_is_none(text: str) -> None:
    assert find_contacts(text, ["GB", "DE"]) == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1/2/" * 30, []),
        ("1/2/" * 30 + " Tel. 020 7946 0123", ["020 7946 0123"]),
        ("020 7946 0123: " + "1 / 2 / " * 30, ["020 7946 0123"]),
        ("1/2/" * 30 + "030/90260", ["030/90260"]),
        ("030 / 90 26 00 und 3/4, 1/2", ["030 / 90 26 00"]),
    ],
)
def test_a_run_of_digits_and_slashes_is_no_telephone_number_and_hides_none(text: str, numbers: list[str]) -> None:
    assert [text[one.start : one.end] for one in find_contacts(text, ["GB", "DE"])] == numbers


@pytest.mark.alone
@pytest.mark.parametrize("shape", ["1 ", "1/2/", "a@", "@a", "(1", "020 7946 0123 ", "GB82 WEST 1234 ", "a:", "a.b@c."])
def test_the_time_is_linear_in_the_text(shape: str) -> None:
    seconds = []
    for length in (2_000, 8_000):
        text = (shape * length)[:length]
        start = time.process_time()
        find_contacts(text, ["GB"])
        seconds.append(time.process_time() - start)
    assert seconds[1] < 8 * max(seconds[0], 0.02), seconds


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("privacy")
    (place / "news.txt").write_text(NEWS, encoding="utf-8")
    calls = (
        ["init", place / "corpus", "--title", "Ferries", "--language", "en"],
        ["add", "--root", place / "corpus", place / "news.txt"],
    )
    for call in calls:
        ran = CliRunner().invoke(app, [str(part) for part in call])
        assert ran.exit_code == 0, ran.output
    return place / "corpus"


def listed(root: Path) -> list[dict[str, object]]:
    ran = CliRunner().invoke(app, ["privacy", "--root", str(root), "--json"])
    assert ran.exit_code == 0, ran.output
    return [json.loads(line) for line in ran.stdout.splitlines()]


def test_every_place_has_its_characters_and_where_they_are(root: Path) -> None:
    rows = listed(root)
    assert {(row["kind"], row["text"]) for row in rows} >= {
        ("email", "mara.quill@harbour.example"),
        ("handle", "@gate_keeper"),
        ("phone", "020 7946 0123"),
        ("person", "Mara Quill"),
    }
    assert all(NEWS[row["start"] : row["end"]] == row["text"] for row in rows)
    assert {row["where"] for row in rows} == {"text"}


def test_nothing_is_written_and_the_table_names_the_cure(root: Path) -> None:
    before = tree(root)
    ran = CliRunner().invoke(app, ["privacy", "--root", str(root)])
    assert ran.exit_code == 0, ran.output
    assert "allegata redact" in ran.stdout
    assert "mara.quill@harbour.example" in ran.stdout
    assert tree(root) == before


def test_an_unknown_article_is_a_wrong_call(root: Path) -> None:
    ran = CliRunner().invoke(app, ["privacy", "nothing", "--root", str(root)])
    assert ran.exit_code == 2
    assert "nothing" in ran.stderr


def test_who_is_redacted_is_listed_no_more(root: Path) -> None:
    """Last, as it changes the corpus."""
    for who, instead in (("Mara Quill", "[Person 1]"), ("020-7946 0123", "[number]"), ("@gate_keeper", "[handle]")):
        ran = CliRunner().invoke(app, ["redact", who, "--as", instead, "--root", str(root)])
        assert ran.exit_code == 0, ran.output
    remaining = " ".join(str(row["text"]) for row in listed(root)).lower()
    assert not [one for one in ("quill", "0123", "gate_keeper") if one in remaining]


def test_register_and_removed_text_in_annotated_stories() -> None:
    ran = CliRunner().invoke(
        app, ["privacy", "--root", str(Path(__file__).parent.parent / "examples" / "stories"), "--json"]
    )
    rows = [json.loads(line) for line in ran.stdout.splitlines()]
    found = Counter((row["where"], row["by"]) for row in rows)
    assert min(found["text", "gold"], found["removed", "pattern"], found["author", "stated"]) > 3, found
    assert found["text", "names"] == 0, "every one of them has gold"
    assert ran.stdout.isascii()
