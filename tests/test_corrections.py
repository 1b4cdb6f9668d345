"""Corrections come home: what changed in a tool is changed in the gold, and no other byte of it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from allegata.annotate.documents import type_system
from allegata.annotate.stage import read_registers
from allegata.cli.app import app
from allegata.exchange.folder import MARK, Export
from allegata.exchange.formats import FORMATS
from allegata.recipe.annotated import gold_documents
from allegata.recipe.build import run
from allegata.recipe.corrections import ImportedCorrections, import_corrections
from allegata.recipe.exchange import export
from allegata.schema.problems import ProblemsFound, UsageError
from allegata.text.documents import Annotation, Document
from allegata.text.spans import Span
from project import ARTICLES, ROOT, copy_root

ARTICLE = ARTICLES[0]
Row = dict[str, Any]


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`corpus`, a copy of ours with a person among its annotators, and `export`, an export of one article."""
    place = tmp_path_factory.mktemp("exported")
    root = copy_root(place / "corpus")
    register = root / "annotations" / "annotators.jsonl"
    register.write_text(register.read_text() + '{"id": "reader", "kind": "human", "description": "A test."}\n')
    export(root, "spans", place / "export", articles=[ARTICLE])
    return place


@pytest.fixture
def root(exported: Path, tmp_path: Path) -> Path:
    """A copy of `corpus`, with `export` beside it."""
    return Path(shutil.copytree(exported, tmp_path, dirs_exist_ok=True)) / "corpus"


def edit(root: Path, change: Callable[[Row], None]) -> None:
    """Change the exported document as a tool would, quotes after offsets."""
    file = root.parent / "export" / "spans.jsonl"
    document = json.loads(file.read_text())
    change(document)
    for span in document["spans"]:
        span["quotes"] = [document["text"][start:end] for start, end in span["segments"]]
    file.write_text(json.dumps(document, ensure_ascii=False) + "\n")


def home(root: Path, into: str = "gold", **more: Any) -> ImportedCorrections:
    return import_corrections(root, "spans", root.parent / "export", into=into, annotator="reader", **more)


def document_of(root: Path) -> Row:
    found: Row = json.loads((root.parent / "export" / "spans.jsonl").read_text())
    return found


def span_of(document: Row, name: str) -> Row:
    found: Row = next(span for span in document["spans"] if span["id"] == name)
    return found


def lines(root: Path, of: str = "gold") -> list[str]:
    return (root / "annotations" / of / f"{ARTICLE}.jsonl").read_text().splitlines()


def records(root: Path, of: str = "gold") -> dict[str, Row]:
    return {row["id"]: row for row in map(json.loads, lines(root, of)[1:])}


def test_what_comes_back_as_it_went_out_changes_no_byte(root: Path) -> None:
    before = {path: path.read_bytes() for path in (root / "annotations").rglob("*.jsonl")}
    assert home(root).written == ()
    assert {path: path.read_bytes() for path in (root / "annotations").rglob("*.jsonl")} == before


def test_a_changed_record_is_the_only_line_that_changes_beside_the_header(root: Path) -> None:
    before, old = lines(root), records(root)

    def change(document: Row) -> None:
        claim = span_of(document, "c001")
        (start, end), *_ = claim["segments"]
        claim["segments"] = [[start, end - len(" lawsuit")]]
        claim["attributes"]["check_worthiness"] = 2

    edit(root, change)
    found = home(root)
    assert (found.articles[0].changed, found.articles[0].added, found.articles[0].removed) == (("c001",), (), ())
    after = lines(root)
    assert [at for at, (one, other) in enumerate(zip(before, after, strict=True)) if one != other] == [
        0,
        before.index(next(line for line in before if '"id": "c001"' in line)),
    ]
    assert json.loads(after[0])["annotators"] == [*json.loads(before[0])["annotators"], "reader"]
    new = records(root)["c001"]
    assert new["segments"][0]["exact"] == old["c001"]["segments"][0]["exact"].removesuffix(" lawsuit")
    assert new["check_worthiness"] == 2
    # What the words themselves say follows them; the rest is kept.
    assert new["decontextualised"] == old["c001"]["decontextualised"].replace(" lawsuit.", ".")
    assert new["claimer_chain"] == old["c001"]["claimer_chain"]


def test_what_is_new_gets_an_id_and_what_follows_from_its_neighbours(root: Path) -> None:
    old = records(root)

    def change(document: Row) -> None:
        text = document["text"]
        content = next(span for span in document["spans"] if span["label"] == "content")
        (start, _), *_ = content["segments"]
        end = text.index(" ", start + 40)
        attributes = {"claim_type": "allegation", "polarity": "affirmative"}
        claim = {"id": "in the tool", "layer": "claim", "label": "claim", "segments": [[start, end]]}
        document["spans"].append({**claim, "attributes": attributes})

    edit(root, change)
    name = home(root).articles[0].added[0]
    new = records(root)[name]
    assert name == f"c{max(int(key[1:]) for key in old if key[0] == 'c') + 1:03}"
    assert new["attribution_id"] == next(key for key, row in old.items() if row["record"] == "attribution")
    assert new["claimer_id"] == (old[new["attribution_id"]]["source_id"] or "unnamed")
    places = [row["segments"][0]["start"] for row in records(root).values() if row["record"] == "claim"]
    assert places == sorted(places)


def test_the_same_files_a_second_time_change_nothing(root: Path) -> None:
    def change(document: Row) -> None:
        content = next(span for span in document["spans"] if span["label"] == "content")
        (start, _), *_ = content["segments"]
        claim = {"id": "in the tool", "layer": "claim", "label": "claim", "segments": [[start, start + 40]]}
        document["spans"].append({**claim, "attributes": {"claim_type": "allegation"}})
        for name in ("polarity", "decontextualised", "claimer_chain"):  # unset, they are as the scheme means them
            span_of(document, "c002")["attributes"].pop(name)

    edit(root, change)
    first = home(root)
    assert first.articles[0].changed == ("c002",)
    (name,) = first.articles[0].added
    assert records(root)[name]["attribution_id"]
    assert records(root)[name]["polarity"] == "affirmative"
    before = lines(root)
    for _ in range(2):
        again = home(root).articles[0]
        assert (again.added, again.changed, again.removed) == ((), (), ())
        assert lines(root) == before


def test_annotation_begins_with_an_article_that_nobody_has_annotated(root: Path, tmp_path: Path) -> None:
    for path in (root / "annotations").glob("*/*.jsonl"):
        path.unlink()
    for name in ("disputes", "propositions"):
        (root / "annotations" / f"{name}.jsonl").write_text("")
    with pytest.raises(UsageError, match="name articles to begin with, as --article ID"):
        export(root, "brat", tmp_path / "new")
    with pytest.raises(UsageError, match="'no-such' cannot be taken"):
        export(root, "brat", tmp_path / "new", articles=[ARTICLE, "no-such"])
    with pytest.raises(UsageError, match=r"holds no gold file$"):
        export(root, "brat", tmp_path / "new", of="passes/mine", articles=[ARTICLE])
    export(root, "brat", tmp_path / "new", articles=[ARTICLE])
    text = (tmp_path / "new" / f"{ARTICLE}.txt").read_text("utf-8")
    (tmp_path / "new" / f"{ARTICLE}.ann").write_text(f"T1\tPERCENT 0 9\t{text[:9]}\n", "utf-8")
    import_corrections(root, "brat", tmp_path / "new", into="gold", annotator="reader")
    assert json.loads(lines(root)[0])["annotators"] == ["reader"]
    assert [row["segments"][0]["exact"] for row in records(root).values()] == [text[:9]]
    (tmp_path / "new" / f"{ARTICLE}.ann").write_text(f"T1\tORG 0 9\t{text[:9]}\n", "utf-8")
    with pytest.raises(ProblemsFound) as found:
        import_corrections(root, "brat", tmp_path / "new", into="gold", annotator="reader")
    (problem,) = found.value.problems
    assert problem.what.endswith("'entity_id' is missing; a ORG needs the id of an entity of the register")


def test_parts_of_an_attribution_come_and_go(root: Path) -> None:
    old = records(root)
    name = next(key for key, row in old.items() if row["record"] == "attribution" and row["cue"] and not row["source"])

    def change(document: Row) -> None:
        document["spans"] = [span for span in document["spans"] if span["id"] != f"{name}:cue"]
        document["relations"] = [one for one in document["relations"] if one["second"] != f"{name}:cue"]
        source = {"id": "T99", "layer": "attribution", "label": "source", "segments": [[0, 9]], "attributes": {}}
        document["spans"].append(source)
        document["relations"].append({"label": "source", "first": name, "second": "T99"})

    edit(root, change)
    assert home(root).articles[0].changed == (name,)
    new = records(root)[name]
    assert (new["cue"], new["source"][0]["exact"]) == ([], "Microsoft")
    assert new["content"] == old[name]["content"]


def test_what_would_become_inconsistent_is_one_report_and_nothing_is_written(root: Path) -> None:
    before = lines(root)

    def change(document: Row) -> None:
        document["spans"] = [span for span in document["spans"] if span["id"] != "c001"]
        document["relations"] = [one for one in document["relations"] if "c001" not in one.values()]
        span_of(document, "m001")["label"] = "PERSON"
        stray = {"id": "T9", "layer": "attribution", "label": "cue", "segments": [[0, 9]], "attributes": {}}
        document["spans"].append(stray)
        document["spans"].append({**stray, "id": "T10", "layer": "span", "label": "Emotion"})

    edit(root, change)
    with pytest.raises(ProblemsFound, match=r"(?s)it belongs to no attribution.*is no label of the scheme"):
        home(root)
    assert lines(root) == before
    edit(root, lambda document: document.update(spans=[one for one in document["spans"] if one["id"][0] != "T"]))
    with pytest.raises(ProblemsFound, match="the register has ORG for 'microsoft'"):
        home(root)
    assert lines(root) == before


def test_faults_of_every_kind_and_article_are_in_one_report(root: Path, tmp_path: Path) -> None:
    place = tmp_path / "two"
    export(root, "spans", place, articles=ARTICLES[:2])
    file = place / "spans.jsonl"
    first, second = map(json.loads, file.read_text().splitlines())
    new = {"id": "x", "layer": "claim", "label": "claim", "segments": [[0, 9]], "quotes": [first["text"][:9]]}
    first["spans"].append({**new, "attributes": {}})
    span_of(first, "m001")["attributes"]["entity_id"] = "nobody"
    span_of(second, "m001")["label"] = "PERSON"
    file.write_text("".join(json.dumps(one) + "\n" for one in (first, second)))
    with pytest.raises(ProblemsFound) as found:
        import_corrections(root, "spans", place, into="gold", annotator="reader")
    said = "\n".join(problem.what for problem in found.value.problems)
    assert "'claim_type' is missing" in said
    assert "entity_id 'nobody' is no entity of the register" in said
    assert "its label is PERSON, the register has ORG" in said
    assert {problem.article_id for problem in found.value.problems} == {*ARTICLES[:2]}


def test_layers_that_the_tool_did_not_show_stay(root: Path, tmp_path: Path) -> None:
    export(root, "spans", tmp_path / "claims", articles=[ARTICLE], layers=["claim"])
    found = import_corrections(root, "spans", tmp_path / "claims", into="gold", annotator="reader")
    assert found.written == ()


def test_a_text_that_changed_in_the_tool_is_found_again_or_refused(root: Path) -> None:
    def change(document: Row) -> None:
        document["text"] = "Exclusive: " + document["text"]
        for span in document["spans"]:
            span["segments"] = [[start + 11, end + 11] for start, end in span["segments"]]
        span_of(document, "c002")["attributes"]["check_worthiness"] = 0

    edit(root, change)
    found = home(root).articles[0]
    assert found.changed == ("c002",)
    assert found.moved == len(document_of(root)["spans"])
    edit(root, lambda document: document.update(text=document["text"].replace("Microsoft", "Megasoft!")))
    with pytest.raises(ProblemsFound, match="the text of the tool is another, and the quoted text is not in"):
        home(root)


def test_a_pass_is_made_of_the_gold_and_then_of_itself(root: Path) -> None:
    edit(root, lambda document: span_of(document, "c001")["attributes"].update(check_worthiness=2))
    (note,) = home(root, into="passes/second").notes
    assert note.startswith(f"passes/second begins with the gold of {ARTICLE}, and says nothing of agreement")
    assert records(root, "passes/second")["c001"]["check_worthiness"] == 2
    assert records(root)["c001"]["check_worthiness"] == 1
    edit(root, lambda document: span_of(document, "c002")["attributes"].update(check_worthiness=0))
    assert home(root, into="passes/second").articles[0].changed == ("c002",)


def test_an_article_that_nobody_touched_is_read_only_if_one_says_so(root: Path) -> None:
    other = ARTICLES[1]
    export(root, "spans", root.parent / "two", articles=[ARTICLE, other])
    given: dict[str, Any] = {"into": "passes/mine", "annotator": "reader"}
    nothing = import_corrections(root, "spans", root.parent / "two", **given)
    assert nothing.written == ()
    assert nothing.notes[0].startswith(f"not written into passes/mine: {ARTICLE}, {other}: nothing was changed")
    read = import_corrections(root, "spans", root.parent / "two", read=[other], **given)
    assert [path.name for path in read.written] == [f"{other}.jsonl"]
    assert read.notes[0].startswith(f"not written into passes/mine: {ARTICLE}: ")
    with pytest.raises(UsageError, match=r"--read elsewhere: .* has no such article"):
        import_corrections(root, "spans", root.parent / "two", read=["elsewhere"], **given)
    assert not (root / "annotations" / "passes" / "mine" / f"{ARTICLE}.jsonl").exists()
    assert home(root).notes == ()  # the gold has the article: it stays as it is
    (gold,) = home(root, read=[ARTICLE]).written
    assert "reader" in json.loads(gold.read_text("utf-8").splitlines()[0])["annotators"]


def test_the_hint_for_an_unknown_annotator_registers_nobody_as_a_person_unasked(root: Path) -> None:
    with pytest.raises(UsageError, match=r'"kind": "KIND".*; KIND is human for a person, model for a program'):
        import_corrections(root, "spans", root.parent / "export", into="gold", annotator="tagger-2")


def test_calls_that_are_wrong_are_refused_in_one_sentence(root: Path) -> None:
    folder = root.parent / "export"
    for into, who, where, what in (
        ("elsewhere", "reader", folder, "gold, or passes/NAME"),
        ("passes/../gold", "reader", folder, "gold, or passes/NAME"),
        ("gold", "nobody", folder, "is no annotator"),
        ("gold", "reader", folder / "none", "there is no"),
    ):
        with pytest.raises(UsageError, match=what):
            import_corrections(root, "spans", where, into=into, annotator=who)
    edit(root, lambda document: document.update(id="unknown"))
    with pytest.raises(ProblemsFound, match="raw/ has no article of this id"):
        home(root)


def test_a_remark_that_no_record_has_a_place_for_is_said_and_not_taken(root: Path) -> None:
    edit(
        root,
        lambda document: span_of(document, "c001")["attributes"].update(
            AnnotatorNotes="see Mary", claim_type="opinion"
        ),
    )
    found = home(root)
    assert found.articles[0].changed == ("c001",)
    assert (
        f"{ARTICLE}: claim c001: AnnotatorNotes 'see Mary' is not taken, for a claim has no AnnotatorNotes"
        in found.notes
    )


def test_a_tokenizer_is_for_the_format_that_is_aligned_to_one(root: Path) -> None:
    with pytest.raises(UsageError, match="the format brat has no use for it"):
        export(root, "brat", root.parent / "brat", tokenizer="some/name")


def test_several_annotators_of_an_article_are_asked_for_by_name(root: Path) -> None:
    file = root.parent / "export" / "spans.jsonl"
    document = json.loads(file.read_text())
    two = [{**document, "annotator": name, "machine": False} for name in ("ann", "bob")]
    file.write_text("".join(json.dumps(one) + "\n" for one in two))
    with pytest.raises(ProblemsFound, match="is annotated by ann, bob"):
        home(root)
    assert home(root, of="bob").written == ()
    file.write_text((json.dumps(two[0]) + "\n") * 2)
    with pytest.raises(ProblemsFound, match="is in the files 2 times by 'ann'"):
        home(root, of="ann")


def test_files_that_are_older_than_the_gold_undo_nothing(root: Path) -> None:
    """Two people export and correct; the second export knows nothing of what the first brought home."""
    shutil.copytree(root.parent / "export", root.parent / "second")
    edit(root, lambda document: span_of(document, "c001")["attributes"].update(check_worthiness=2))
    assert home(root).articles[0].changed == ("c001",)
    with pytest.raises(ProblemsFound, match=r"gold has changed since the files were exported from gold \(claim\)"):
        import_corrections(root, "spans", root.parent / "second", annotator="reader", into="gold")
    assert records(root)["c001"]["check_worthiness"] == 2
    # The files of the first go on: what came home of them is known.
    edit(root, lambda document: span_of(document, "c001")["attributes"].update(check_worthiness=0))
    assert home(root).articles[0].changed == ("c001",)
    assert import_corrections(root, "spans", root.parent / "second", annotator="reader", into="passes/second").written


def test_a_version_that_is_not_the_gold_is_no_correction_of_it(root: Path) -> None:
    shutil.copytree(ROOT / "corpus" / "v1.0.0", root / "corpus" / "v1.0.0")
    export(root, "spans", root.parent / "old", articles=[ARTICLE], of="v1.0.0")
    with pytest.raises(ProblemsFound) as found:
        import_corrections(root, "spans", root.parent / "old", into="gold", annotator="reader")
    (problem,) = found.value.problems
    assert "gold has changed since the files were exported from v1.0.0" in problem.what


def test_the_command_says_what_changed(root: Path) -> None:
    edit(root, lambda document: span_of(document, "c001")["attributes"].update(check_worthiness=2))
    given = ["import", "spans", str(root.parent / "export"), "--into", "gold", "--root", str(root)]
    said = CliRunner().invoke(app, [*given, "--annotator", "reader", "--dry-run"])
    assert (said.exit_code, f"{ARTICLE}: 1 changed (c001)" in said.output) == (0, True)
    assert CliRunner().invoke(app, given).exit_code == 2
    assert (ROOT / "annotations" / "gold" / f"{ARTICLE}.jsonl").read_bytes() == (
        root / "annotations" / "gold" / f"{ARTICLE}.jsonl"
    ).read_bytes()


def relabelled(document: Document) -> Document:
    """The document after somebody made a number a quantity, took a sum out and a new number in."""
    start = document.text.index("proposed class")
    new = Annotation("new", "mention", "ORDINAL", (Span(start, start + len("proposed")),))
    kept = [replace(one, label="QUANTITY") if one.id == "m005" else one for one in document.annotations]
    return replace(document, annotations=(*(one for one in kept if one.id != "m026"), new))


@pytest.mark.parametrize("name", FORMATS)
def test_corrections_come_home_from_every_format(root: Path, name: str, tmp_path: Path) -> None:
    """Also from those that keep no ids and no attributes: these are kept from the gold."""
    folder = tmp_path / "tool"
    export(root, name, folder, articles=[ARTICLE], layers=["mention"])
    mark = (folder / MARK).read_bytes()
    given: dict[str, Any] = {"into": "passes/mine", "annotator": "reader"}
    untouched = import_corrections(root, name, folder, **given, dry_run=True).articles[0]
    assert (untouched.added, untouched.changed, untouched.removed) == ((), (), ())
    build = run(root, "clean")
    registers, _ = read_registers(root / "annotations", build.scheme)
    types = type_system(build.scheme, registers.entities).only(["mention"])
    (document,) = gold_documents(build, registers, "gold", [ARTICLE], [])
    shutil.rmtree(folder)
    folder.mkdir()
    edited = relabelled(document.only(lambda one: one.layer == "mention"))
    FORMATS[name].write(iter([edited]), types, Export(folder))
    (folder / MARK).write_bytes(mark)
    found = import_corrections(root, name, folder, **given).articles[0]
    assert (found.changed, found.removed, len(found.added)) == (("m005",), ("m026",), 1)
    before, after = records(root), records(root, "passes/mine")
    assert after[found.added[0]]["segments"][0]["exact"] == "proposed"
    assert after["m005"] == {**before["m005"], "label": "QUANTITY"}
    kept = {key: row for key, row in after.items() if key not in ("m005", found.added[0])}
    assert kept == {key: row for key, row in before.items() if key not in ("m005", "m026")}


def put_around(document: Row, claim: str, source: str | None = None) -> None:
    """A new attribution with the content just over a claim."""
    spans = {"layer": "attribution", "segments": span_of(document, claim)["segments"]}
    attributes = {"attribution_type": "Comm", "quotation_type": "indirect", **({"source_id": source} if source else {})}
    document["spans"].append({"id": "T901", "label": "content", "attributes": attributes, **spans})
    cue = {**spans, "id": "T902", "label": "cue", "segments": [[0, 9]], "attributes": {}}
    document["spans"].append(cue)
    document["relations"].append({"label": "cue", "first": "T901", "second": "T902"})


def free_claim(root: Path) -> str:
    """A claim that the author makes in no attribution."""
    return next(name for name, row in records(root).items() if row.get("attribution_id", "") is None)


def test_a_claim_inside_a_new_attribution_gets_it_and_its_source_at_every_import(root: Path) -> None:
    name = free_claim(root)
    edit(root, lambda document: put_around(document, name, "microsoft"))
    first = home(root).articles[0]
    assert name in first.changed
    found = records(root)[name]
    assert [found["attribution_id"]] == list(first.added)
    assert (found["claimer_id"], found["claimer_chain"]) == ("microsoft", ["author", "microsoft"])
    before = lines(root)
    assert home(root).articles[0].changed == ()
    assert lines(root) == before


def test_a_claimer_that_is_not_the_computed_one_stays_beside_a_new_attribution(root: Path) -> None:
    name = free_claim(root)
    who = {"claimer_id": "linkedin", "claimer_chain": ["author", "linkedin"]}

    def change(document: Row) -> None:
        put_around(document, name, "microsoft")
        span_of(document, name)["attributes"].update(who)

    edit(root, change)
    home(root)
    found = records(root)[name]
    assert {key: found[key] for key in ("attribution_id", *who)} == {"attribution_id": None, **who}


def test_a_claimer_that_is_taken_out_is_computed(root: Path) -> None:
    name = free_claim(root)
    before = lines(root)
    edit(root, lambda document: span_of(document, name)["attributes"].pop("claimer_id"))
    assert home(root).articles[0].changed == ()
    assert lines(root) == before
    said = next(name for name, row in records(root).items() if row.get("attribution_id"))
    edit(root, lambda document: span_of(document, said)["attributes"].pop("claimer_id"))
    assert home(root).articles[0].changed == ()
    assert lines(root) == before


def test_the_label_of_a_mention_is_that_of_its_entity_and_the_advice_says_so(root: Path) -> None:
    edit(root, lambda document: span_of(document, "m001").update(label="PERSON"))
    with pytest.raises(ProblemsFound, match="change the label of the entity in entities"):
        home(root)


def test_validate_notes_a_claim_inside_an_attribution_that_it_is_none_of(root: Path) -> None:
    name = free_claim(root)
    edit(root, lambda document: put_around(document, name, "microsoft"))
    home(root)
    said = CliRunner().invoke(app, ["validate", "--root", str(root)])
    assert (said.exit_code, "note:" in said.output) == (0, False), said.output
    who = {"attribution_id": None, "claimer_id": "linkedin", "claimer_chain": ["author", "linkedin"]}
    path = root / "annotations" / "gold" / f"{ARTICLE}.jsonl"
    rows = [json.loads(line) for line in lines(root)]
    rows = [{**row, **who} if row.get("id") == name else row for row in rows]
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows))
    span = records(root)[name]["segments"][0]
    for command in ("annotate", "validate"):
        said = CliRunner().invoke(app, [command, "--root", str(root)])
        assert said.exit_code == 0, said.output
        assert (
            f"note: {ARTICLE} [{span['start']},{span['end']}): claim {name} of 'linkedin' has no attrib" in said.stderr
        )


def test_the_faults_of_all_articles_are_in_the_report_of_an_export(root: Path, tmp_path: Path) -> None:
    for article in ARTICLES[:2]:
        path = root / "annotations" / "gold" / f"{article}.jsonl"
        path.write_text(path.read_text().replace('"entity_id": "linkedin"', '"entity_id": "nobody"'))
    with pytest.raises(ProblemsFound) as found:
        export(root, "brat", tmp_path / "out", articles=ARTICLES[:2])
    assert {problem.article_id for problem in found.value.problems} == {*ARTICLES[:2]}
    assert not (tmp_path / "out").exists()
