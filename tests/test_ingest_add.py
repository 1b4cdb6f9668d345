"""`allegata add`: whatever holds articles becomes raw files and manifest rows, once, all or nothing."""

import gzip
import json
import os
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from allegata.ingest import warc_records
from allegata.ingest.add import add
from allegata.ingest.manifest import read_manifest
from allegata.ingest.warc import Fetched, PassedOver, read_warc
from allegata.recipe.article import clean_html
from allegata.recipe.build import run
from allegata.recipe.init import init
from allegata.schema.limits import DEFAULTS, Limits
from allegata.schema.problems import Problem, ProblemsFound, UsageError
from project import ingest

BODY = "<p>" + "The council decided on Monday to keep the old bridge open for another year. " * 5
PAGE = f"""<html lang="en"><head><title>Bridge stays open | Town News</title>
<meta property="og:title" content="Bridge stays open"><meta property="og:site_name" content="Town News">
<script type="application/ld+json">{{"@context": "https://schema.org", "@type": "NewsArticle",
"datePublished": "2023-04-05T08:00:00Z",
"author": {{"@type": "Person", "name": "Caf\\u00e9 Brown"}}}}</script></head>
<body><article><h1>Bridge stays open</h1>{BODY}</p></article></body></html>""".encode()

CHUNKED = b"5\r\n" + PAGE[:5] + b"\r\n%x\r\n" % (len(PAGE) - 5) + PAGE[5:] + b"\r\n0\r\n\r\n"


def http(body: bytes, *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", *(headers or ("Content-Type: text/html; charset=utf-8",))]
    return "\r\n".join([*lines, "", ""]).encode() + body


def record(block: bytes, url: str = "https://town.example/bridge", kind: str = "response") -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {url}\r\nWARC-Date: 2024-05-01T00:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:00000000-0000-0000-0000-000000000000>\r\n"
        f"Content-Type: application/http;msgtype={kind}\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def archive(path: Path, *records: bytes) -> Path:
    packed = path.suffix == ".gz"
    path.write_bytes(b"".join(gzip.compress(one) if packed else one for one in records))
    return path


def rows(root: Path) -> list[dict]:
    return [json.loads(line) for line in (root / "raw" / "manifest.jsonl").read_text().splitlines()]


def test_the_same_bytes_have_the_same_id_from_every_source(tmp_path):
    (tmp_path / "a.html").write_bytes(PAGE)
    (tmp_path / "b.html").write_bytes(PAGE)
    warc = archive(tmp_path / "c.warc.gz", record(http(PAGE)))
    report = add([tmp_path / "b.html", warc, str(tmp_path / "*.html"), tmp_path], tmp_path / "corpus")
    assert len(report.added) == 1
    assert report.places == {report.added[0]: "a.html"}
    assert [place for place, _ in report.known] == ["b.html", "c.warc.gz@0"]
    again = add([warc], tmp_path / "corpus")
    assert (again.added, again.known) == ((), (("c.warc.gz@0", report.added[0]),))


def test_a_folder_that_holds_the_corpus_is_refused_for_its_guidelines_are_no_articles(tmp_path):
    corpus = tmp_path / "corpus"
    (corpus / "annotations").mkdir(parents=True)
    (corpus / "annotations" / "GUIDELINES.md").write_text("Read the sentences first.")
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "a.txt").write_text("A mill burned.")
    for folder in (corpus, tmp_path):
        with pytest.raises(ProblemsFound, match="holds this corpus"):
            add([folder], corpus)
    report = add([corpus, tmp_path / "news"], corpus, skip_bad=True)
    assert (list(report.places.values()), len(report.skipped)) == (["a.txt"], 1)


def test_the_advice_for_a_new_file_in_another_encoding_names_no_manifest_row(tmp_path):
    (tmp_path / "a.txt").write_bytes(b"A caf\xe9 burned.")
    with pytest.raises(ProblemsFound, match="convert the file to UTF-8") as found:
        add([tmp_path / "a.txt"], tmp_path / "corpus")
    assert "manifest" not in str(found.value)


def test_metadata_names_its_source(tmp_path):
    add([archive(tmp_path / "c.warc", record(http(PAGE)))], tmp_path)
    (row,) = rows(tmp_path)
    assert (row["title"], row["publisher"], row["language"]) == ("Bridge stays open", "Town News", "en")
    assert (row["author"], row["published"]) == ("Café Brown", "2023-04-05")
    assert row["metadata_source"] == {
        "author": "json-ld",
        "language": "meta",
        "published": "json-ld",
        "publisher": "meta",
        "title": "meta",
        "url": "warc",
    }


def test_every_field_of_the_manifest_is_read_from_a_page_that_states_it(tmp_path):
    (tmp_path / "a.html").write_text(
        """<html lang="de-CH"><head><title>Bridge stays open | Town News</title>
        <meta name="author" content="Alfa Bravo"><meta property="article:published_time" content="2023-04-05">
        <meta property="og:site_name" content="Town News">
        <link rel="canonical" href="https://town.example/bridge"></head><body><article><h1>Bridge stays open</h1>"""
        f"""{BODY}</p><a rel="license" href="https://creativecommons.org/licenses/by/4.0/">CC BY 4.0</a></article>"""
    )
    add([tmp_path / "a.html"], tmp_path)
    (row,) = rows(tmp_path)
    stated = {name: row[name] for name in row["metadata_source"]}
    assert stated == {
        "author": "Alfa Bravo",
        "language": "de-ch",
        "published": "2023-04-05",
        "publisher": "Town News",
        "rights": "CC BY 4.0",
        "title": "Bridge stays open",
        "url": "https://town.example/bridge",
    }
    assert {name for name, source in row["metadata_source"].items() if source == "text"} == {"rights"}


def tagged(tmp_path: Path, head: str, body: str = "") -> dict:
    markup = (
        f"<html><head><title>Bridge stays open</title>{head}</head><body><article>{BODY}</p></article>{body}</body>"
    )
    (tmp_path / "a.html").write_text(markup, encoding="utf-8")
    add([tmp_path / "a.html"], tmp_path)
    (row,) = rows(tmp_path)
    return row


def test_the_tags_and_categories_of_a_page_go_into_the_manifest_with_their_places(tmp_path):
    head = """<meta name="keywords" content="rivers, Bridges; council &amp; mayor"><script type="application/ld+json">
        {"@context": "https://schema.org", "@type": "NewsArticle", "articleSection": "Local politics"}</script>"""
    row = tagged(tmp_path, head)
    assert row["tags"] == ["rivers", "Bridges", "council & mayor", "Local politics"]
    assert row["metadata_source"]["tags"] == "meta, json-ld"
    assert ingest(tmp_path / "raw")["tags"].to_pylist() == [row["tags"]]


def test_links_to_tags_are_tags(tmp_path):
    row = tagged(tmp_path, "", "<div class='tags'><a href='/tag/toll'>Toll</a> <a href='/tag/mayor'>Mayor</a></div>")
    assert (row["tags"], row["metadata_source"]["tags"]) == (["Toll", "Mayor"], "text")


def test_a_cloud_of_links_is_no_list_of_tags_and_a_row_without_tags_has_no_such_field(tmp_path):
    cloud = "".join(f"<a href='/tag/{n}'>word {n}</a> " for n in range(45))
    assert "tags" not in tagged(tmp_path, "", f"<div class='tags'>{cloud}</div>")


def test_a_line_of_json_may_state_tags(tmp_path):
    line = {"text": "A mill burned.", "tags": [" fire  at night ", "Fire at night", 7, "", "mill"]}
    (tmp_path / "a.jsonl").write_text(json.dumps(line) + "\n" + json.dumps({"text": "It rained.", "tags": "x"}) + "\n")
    add([tmp_path / "a.jsonl"], tmp_path)
    assert sorted(row.get("tags", []) for row in rows(tmp_path)) == [[], ["fire at night", "mill"]]


def test_a_line_of_json_with_a_key_twice_is_broken(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "A mill burned.", "text": "It did not."}\n')
    (problem,) = add([tmp_path / "a.jsonl"], tmp_path, skip_bad=True).skipped
    assert 'the key "text" occurs more than once' in str(problem)


def test_what_a_line_holds_beside_its_text_does_not_cost_the_article(tmp_path):
    lines = ['{"text": "A mill burned.", "score": NaN, "name": "\\ud83d"}', '{"text": "It did not.", "score": 1}']
    (tmp_path / "a.jsonl").write_bytes(b"\xef\xbb\xbf" + "\n".join(lines).encode())
    assert len(add([tmp_path / "a.jsonl"], tmp_path).added) == 2


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (b'{"txt": 1}', " has no text in the field 'text'"),
        (b"not json", "1: is not JSON: expected a value"),
        (b'"str"', " is not a JSON object"),
        (b'{"text": "\\ud800"}', " holds half of a surrogate pair in its text"),
        (b'{"text": "\xff"}', "11: is not UTF-8 at byte 10 of the line"),
    ],
)
def test_a_line_says_what_is_wrong_with_it(tmp_path, line, says):
    (tmp_path / "a.jsonl").write_bytes(b'{"text": "A mill burned."}\n' + line + b"\n")
    report = add([tmp_path / "a.jsonl"], tmp_path, skip_bad=True)
    assert len(report.added) == 1
    assert f"a.jsonl:2:{says}" in str(report.skipped[0])


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("04/05/2023", None),
        ("05/08/2023", None),
        ("10/09/2023", None),
        ("23/05/2023", "2023-05-23"),
        ("4 May 2023", "2023-05-04"),
        ("2023-05-04", "2023-05-04"),
        ("2023/05/09", "2023-05-09"),
        ("2023.05.10", "2023-05-10"),
    ],
)
def test_a_date_of_two_small_numbers_is_no_date_of_publication(tmp_path, said, day):
    row = tagged(tmp_path, "", f"<div class='date'>{said}</div>")
    assert row["published"] == day


def test_what_is_added_can_be_ingested(tmp_path):
    (tmp_path / "note.txt").write_text("A plain text.\n")
    (tmp_path / "lines.jsonl").write_text('{"text": "A line.", "title": "One"}\n{"text": "Another line."}\n')
    report = add(
        [tmp_path / "note.txt", tmp_path / "lines.jsonl", archive(tmp_path / "c.warc", record(http(PAGE)))], tmp_path
    )
    table = ingest(tmp_path / "raw")
    assert table["article_id"].to_pylist() == list(report.added)
    assert sum(blocks is not None for blocks in table["page_blocks"].to_pylist()) == 1


def test_the_charset_of_the_header_outlives_the_archive(tmp_path):
    body = "<p>žluťoučký kůň".encode("cp1250")
    add([archive(tmp_path / "c.warc", record(http(body, "Content-Type: text/html; charset=windows-1250")))], tmp_path)
    assert ingest(tmp_path / "raw")["source_text"].to_pylist() == ["žluťoučký kůň"]


def test_a_broken_record_stops_everything_unless_it_is_to_be_skipped(tmp_path):
    cut = archive(tmp_path / "cut.warc", record(http(PAGE)), record(http(BODY.encode())))
    cut.write_bytes(cut.read_bytes()[:-60])
    with pytest.raises(ProblemsFound, match=r"cut\.warc@\d+: is cut"):
        add([cut], tmp_path / "corpus")
    assert not (tmp_path / "corpus" / "raw" / "manifest.jsonl").exists()
    report = add([cut], tmp_path / "corpus", skip_bad=True)
    assert (len(report.added), len(report.skipped)) == (1, 1)
    assert sorted(path.name for path in (tmp_path / "corpus").iterdir()) == ["raw"]


def test_all_problems_come_in_one_report(tmp_path):
    (tmp_path / "bad.txt").write_bytes(b"\xff\xfe\x00")
    (tmp_path / "bad.jsonl").write_text('{"txt": 1}\nnot json\n"str"\n{"text": "\\ud800"}\n')
    (tmp_path / "picture.png").write_bytes(b"x")
    with pytest.raises(ProblemsFound) as found:
        add([tmp_path / "bad.txt", tmp_path / "bad.jsonl", tmp_path / "picture.png", "nowhere/*.html"], tmp_path)
    assert len(found.value.problems) == 7


def test_no_leftovers_when_adding_fails(tmp_path):
    (tmp_path / "a.html").write_bytes(PAGE)
    with pytest.raises(ProblemsFound):
        add([tmp_path / "a.html", "nowhere"], tmp_path / "corpus")
    assert [path.name for path in (tmp_path / "corpus").rglob("*")] == ["raw"]


def test_the_manifest_does_not_depend_on_the_order_of_paths(tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.html").write_bytes(PAGE + name.encode())
    add([tmp_path / "a.html", tmp_path / "b.html"], tmp_path / "one")
    add([tmp_path / "b.html", tmp_path / "a.html"], tmp_path / "two")
    assert rows(tmp_path / "one") == rows(tmp_path / "two")


@pytest.mark.parametrize("suffix", [".warc", ".warc.gz"])
def test_only_good_responses_with_pages_are_taken(tmp_path, suffix):
    path = archive(
        tmp_path / f"a{suffix}",
        record(b"GET / HTTP/1.1\r\n\r\n", kind="request"),
        record(http(PAGE, status="404 Not Found")),
        record(http(b"x", "Content-Type: image/png")),
        record(http(PAGE)),
    )
    kinds = list(read_warc(path))
    assert [one.why for one in kinds if isinstance(one, PassedOver)] == ["status 404", "not a page: image/png"]
    assert [one.data for one in kinds if isinstance(one, Fetched)] == [PAGE]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (("Content-Encoding: gzip",), gzip.compress(PAGE)),
        (("Content-Encoding: gzip",), PAGE),
        (
            ("Transfer-Encoding: chunked",),
            b"5\r\n" + PAGE[:5] + b"\r\n%x\r\n" % (len(PAGE) - 5) + PAGE[5:] + b"\r\n0\r\n\r\n",
        ),
        (("Transfer-Encoding: chunked",), PAGE),
    ],
)
def test_bodies_are_unpacked_however_the_crawler_kept_them(tmp_path, headers, body):
    path = archive(tmp_path / "a.warc", record(http(body, "Content-Type: text/html", *headers)))
    assert [one.data for one in read_warc(path)] == [PAGE]


def test_a_gzip_bomb_is_reported_not_unpacked(tmp_path):
    bomb = gzip.compress(b"0" * (DEFAULTS.article_bytes + 1))
    path = archive(tmp_path / "a.warc.gz", record(http(bomb, "Content-Type: text/html", "Content-Encoding: gzip")))
    (problem,) = read_warc(path)
    assert isinstance(problem, Problem)
    assert "decompresses to more than" in problem.what


def test_a_record_that_claims_too_much_is_not_read(tmp_path):
    head = record(http(PAGE)).replace(b"Content-Length: ", b"Content-Length: 99999", 1)
    (problem,) = read_warc(archive(tmp_path / "a.warc", head))
    assert isinstance(problem, Problem)
    assert "in one record" in problem.what


RECORDS = [record(http(PAGE + b"<p>%d" % number)) for number in range(4)]
PACKED = [gzip.compress(one) for one in RECORDS]


def flipped(member: bytes, position: int) -> bytes:
    return member[:position] + bytes([member[position] ^ 0xFF]) + member[position + 1 :]


def longer(one: bytes, by: bytes = b"1") -> bytes:
    """The record, with a length that reaches into the next one."""
    return one.replace(b"Content-Length: ", b"Content-Length: " + by, 1)


INFO = record(b"software: mill/1", kind="warcinfo")


NOISE = random.Random(1).randbytes(300_000)  # does not pack: the damage shows when half of the record is read
LATE = flipped(gzip.compress(record(http(PAGE + NOISE))), 200_000)

BROKEN = {
    "damage late in a member": ("a.warc.gz", [*PACKED[:2], LATE, PACKED[3]], [0, 1, 3]),
    "damage late in the first member": ("a.warc.gz", [LATE, *PACKED[1:]], [1, 2, 3]),
    "garbage between records": ("a.warc", [RECORDS[0], b"garbage\r\n" * 99, RECORDS[1]], [0, 1]),
    "garbage in front": ("a.warc", [b"\x00\xff" * 99, *RECORDS[:2]], [0, 1]),
    "garbage at the end": ("a.warc.gz", [PACKED[0], b"garbage" * 30], [0]),
    "garbage between members": ("a.warc.gz", [PACKED[0], b"garbage" * 30, *PACKED[1:3]], [0, 1, 2]),
    "a damaged member": ("a.warc.gz", [PACKED[0], flipped(PACKED[1], 250), *PACKED[2:]], [0, 2, 3]),
    "a wrong checksum": ("a.warc.gz", [PACKED[0], flipped(PACKED[1], -6), *PACKED[2:]], [0, 2, 3]),
    "a cut member": ("a.warc.gz", [PACKED[0], PACKED[1][:200], *PACKED[2:]], [0, 2, 3]),
    "a cut record": ("a.warc", [RECORDS[0], RECORDS[1][:-300], *RECORDS[2:]], [0, 2, 3]),
    "a length too large": ("a.warc", [RECORDS[0], longer(RECORDS[1]), *RECORDS[2:]], [0, 2, 3]),
    "a length beyond the end": ("a.warc", [RECORDS[0], longer(RECORDS[1], b"99"), *RECORDS[2:]], [0, 2, 3]),
    "a length of gigabytes": ("a.warc", [RECORDS[0], longer(RECORDS[1], b"99999999"), *RECORDS[2:]], [0, 2, 3]),
    "a member that states more": ("a.warc.gz", [gzip.compress(longer(RECORDS[0], b"99")), *PACKED[1:]], [1, 2, 3]),
    "no response, and a length beyond the end": ("a.warc", [longer(INFO, b"99999"), *RECORDS], [0, 1, 2, 3]),
    "a length of thousands of digits": ("a.warc", [longer(RECORDS[0], b"9" * 5000), *RECORDS[1:]], [1, 2, 3]),
    "no length": ("a.warc", [RECORDS[0].replace(b"Length: ", b"Length: x", 1), *RECORDS[1:]], [1, 2, 3]),
    "a first header that hides the file": (
        "a.warc.gz",
        [PACKED[0][:3] + b"\x04" + PACKED[0][4:], *PACKED[1:]],
        [1, 2, 3],
    ),
    "a truncated archive": ("a.warc.gz", [*PACKED[:2], PACKED[2][:-100]], [0, 1]),
    "no archive at all": ("a.warc", [b"\x01\x02random\xff" * 200], []),
}


@pytest.mark.parametrize("case", BROKEN)
def test_behind_a_break_the_next_record_is_read(tmp_path, case):
    name, parts, whole = BROKEN[case]
    (tmp_path / name).write_bytes(b"".join(parts))
    found = list(read_warc(tmp_path / name))
    assert [one.data[-1:] for one in found if isinstance(one, Fetched)] == [b"%d" % number for number in whole]
    assert any(isinstance(one, Problem) for one in found)
    with pytest.raises(ProblemsFound, match=r"a\.warc"):
        add([tmp_path / name], tmp_path / "strict")
    assert not (tmp_path / "strict" / "raw" / "manifest.jsonl").exists()
    report = add([tmp_path / name], tmp_path / "lenient", skip_bad=True)
    assert len(report.added) == len(whole)
    assert len(report.skipped) == sum(isinstance(one, Problem) for one in found)


def test_an_archive_of_false_beginnings_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(warc_records, "_MOST_BREAKS", 20)
    head = gzip.compress(b"WARC/1.0\r\nWARC-" + random.Random(0).randbytes(100_000))[:-9]  # unpacks well at first
    (tmp_path / "a.warc.gz").write_bytes(head * 25 + PACKED[0])
    (problem,) = read_warc(tmp_path / "a.warc.gz")
    assert "the beginning and the end cannot be read" in problem.what


def test_an_archive_of_records_that_swallow_the_rest_is_given_up(tmp_path, monkeypatch):
    monkeypatch.setattr(warc_records, "_MOST_SWALLOWERS", 3)
    (tmp_path / "a.warc").write_bytes(b"".join(longer(one, b"99999") for one in RECORDS) + RECORDS[0])
    found = list(read_warc(tmp_path / "a.warc"))
    assert all(isinstance(one, Problem) for one in found)
    assert len(found) == 4
    third = 2 * len(longer(RECORDS[0], b"99999"))
    assert f"between the record at byte {third:,} and the end cannot be read (3 records with a length" in found[-1].what


@pytest.mark.parametrize("data", [b"", gzip.compress(b"")], ids=["empty", "empty, packed"])
def test_an_archive_without_a_record_is_a_problem(tmp_path, data):
    (tmp_path / "a.warc.gz").write_bytes(data)
    (problem,) = read_warc(tmp_path / "a.warc.gz")
    assert problem.what == "holds no record"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example(True, 3 + len(PACKED[0]), b"\x04")  # a header that states a field takes the rest of the archive for it
@given(st.booleans(), st.integers(0, 10**6), st.binary(min_size=1, max_size=40))
def test_damage_anywhere_loses_no_more_than_the_records_it_touches(tmp_path, packed, position, damage):
    parts = PACKED if packed else RECORDS
    position %= sum(map(len, parts))
    data = bytearray(b"".join(parts))
    data[position : position + len(damage)] = damage[: len(data) - position]
    path = tmp_path / f"a.warc{'.gz' if packed else ''}"
    path.write_bytes(bytes(data))
    starts = [sum(map(len, parts[:number])) for number in range(4)]
    # A damaged length may hide in the damaged record alone; its neighbours are whole.
    untouched = {n for n, at in enumerate(starts) if at >= position + len(damage) or at + len(parts[n]) <= position}
    found = {one.data[-1:] for one in read_warc(path) if isinstance(one, Fetched)}
    assert {b"%d" % number for number in untouched} <= found


def test_a_line_too_long_for_an_article_is_passed_over_in_bounded_memory(tmp_path):
    lines = [json.dumps({"text": "x" * 5000}), json.dumps({"text": "A mill burned."})]
    (tmp_path / "a.jsonl").write_text("\n".join(lines) + "\n")
    report = add([tmp_path / "a.jsonl"], tmp_path, skip_bad=True, limits=Limits(article_bytes=1000))
    assert (len(report.added), [one.line for one in report.skipped]) == (1, [1])


def test_a_stated_date_that_the_manifest_could_not_hold_is_a_problem_with_its_place(tmp_path):
    lines = tmp_path / "articles.jsonl"
    lines.write_text(json.dumps({"text": "A mill burned.", "published": "last Tuesday"}) + "\n")
    with pytest.raises(ProblemsFound, match="published is 'last Tuesday', no date") as error:
        add([lines], tmp_path)
    assert "articles.jsonl" in str(error.value)
    assert not (tmp_path / "raw" / "manifest.jsonl").exists()


@pytest.mark.parametrize(
    "field", ["text", "title", "publisher", "url", "author", "published", "language", "rights", "story", "tags"]
)
def test_half_a_character_in_what_a_line_states_is_reported_and_skipped(tmp_path, field):
    value = ["a\ud800"] if field == "tags" else "https://a.example/\ud800"
    lines = tmp_path / "a.jsonl"
    lines.write_text(json.dumps({"text": "One line.", field: value}) + '\n{"text": "Another line."}\n')
    with pytest.raises(ProblemsFound, match=f"{field}.* (surrogate|no date|not all texts)|surrogate .* in its {field}"):
        add([lines], tmp_path / "corpus")
    report = add([lines], tmp_path / "corpus", skip_bad=True)
    assert (len(report.added), len(report.skipped)) == (1, 1)


def test_half_a_character_that_a_page_states_is_no_part_of_its_article():
    page = PAGE.replace(b"Caf\\u00e9", b"\\ud800").replace(b"stays open", b"stays &#xd800; open &#55357;")
    article = clean_html(page)
    assert "Bridge stays" in article.text
    assert "\\ud" not in ascii(article)


@pytest.mark.parametrize("given", ["<https://town.example/a%20b>", "https://town.example/a b"])
def test_the_addresses_that_crawlers_write_are_read(tmp_path, given):
    path = archive(tmp_path / "a.warc", record(http(PAGE), given))
    add([path], tmp_path / "corpus")
    (row,) = read_manifest(tmp_path / "corpus" / "raw")[0]
    assert row.url == "https://town.example/a%20b"


@pytest.mark.parametrize("given", ["", "*"])
def test_a_folder_or_glob_without_a_known_file_is_reported(tmp_path, given):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "b.pdf").write_bytes(b"x")
    with pytest.raises(ProblemsFound, match="holds one of a known kind"):
        add([str(tmp_path / "a" / given)], tmp_path / "corpus")


@pytest.mark.parametrize(("name", "data"), [("a.txt", b" \n"), ("a.html", b"<body><script>x</script>")])
def test_what_holds_no_text_is_added_and_the_ledger_says_so(tmp_path, name, data):
    init(tmp_path / "corpus")
    (tmp_path / name).write_bytes(data)
    (tmp_path / "b.txt").write_text("The council decided on Monday to keep the old bridge.")
    added = add([tmp_path / name, tmp_path / "b.txt"], tmp_path / "corpus").added
    ledger = run(tmp_path / "corpus", "annotate").ledger_table().to_pylist()
    assert [row["article_id"] for row in ledger] == list(added)
    said = {(row["status"], row["stage"], row["reason"]) for row in ledger}
    assert said == {("kept", None, None), ("removed", "ingest", "no_text")}


@pytest.mark.parametrize("control", ["\x01", "\x0b", "&#11;", "&#x0B;", "\ufffe", "&#xFFFE;"])
def test_a_page_with_control_characters_in_its_text_and_metadata_is_added(tmp_path, control):
    page = PAGE.decode().replace("Bridge stays", f"Bridge{control} stays").replace("council", f"council{control}")
    (tmp_path / "a.html").write_bytes(page.encode())
    add([tmp_path / "a.html"], tmp_path / "corpus")
    (row,) = read_manifest(tmp_path / "corpus" / "raw")[0]
    assert row.title is not None
    assert row.title.startswith("Bridge")
    assert row.title.endswith("stays open")


def test_the_manifest_keeps_the_name_an_article_was_added_from(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "mill fire.html").write_bytes(PAGE)
    (tmp_path / "in" / "a.jsonl").write_text('{"text": "The mill burnt."}\n\n{"text": "The mill stands."}\n')
    archive(tmp_path / "in" / "c.warc.gz", record(http(PAGE.replace(b"Monday", b"Tuesday"))))
    add([tmp_path / "in"], tmp_path)
    assert sorted(row["original_name"] for row in rows(tmp_path)) == [
        "a.jsonl:1",
        "a.jsonl:3",
        "c.warc.gz@0",
        "mill fire.html",
    ]
    assert str(tmp_path) not in (tmp_path / "raw" / "manifest.jsonl").read_text()
    assert read_manifest(tmp_path / "raw")[1] == []


@pytest.mark.skipif(os.name == "nt", reason="names of files are texts there")
def test_a_file_name_that_is_no_text_is_kept_as_far_as_it_is_one(tmp_path):
    name = os.path.join(os.fsencode(tmp_path), b"caf\xe9.txt")
    try:
        Path(os.fsdecode(name)).write_text("The mill burnt.")
    except OSError:
        pytest.skip("this file system keeps no such name")
    add([tmp_path], tmp_path / "corpus")
    assert [row["original_name"] for row in rows(tmp_path / "corpus")] == ["caf\ufffd.txt"]


def test_the_story_of_what_is_added_is_the_one_named_but_a_line_may_state_its_own(tmp_path):
    (tmp_path / "a.txt").write_text("The mill burnt.")
    lines = [
        {"text": "The bridge fell.", "story": " bridge  fall "},
        {"text": "The mill stands.", "story": None},
        {"text": "3", "story": 7},
    ]
    (tmp_path / "b.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    add([tmp_path], tmp_path / "corpus", story="mill fire")
    assert sorted(row["story"] for row in rows(tmp_path / "corpus")) == ["7", "bridge fall", "mill fire", "mill fire"]
    (tmp_path / "c.txt").write_text("The mayor resigned.")
    add([tmp_path / "c.txt"], tmp_path / "corpus")
    stories = ingest(tmp_path / "corpus" / "raw")["story"].to_pylist()
    assert sorted(stories, key=str) == ["7", None, "bridge fall", "mill fire", "mill fire"]
    assert sum("story" in row for row in rows(tmp_path / "corpus")) == 4


@pytest.mark.parametrize("story", ["", " ", " mill", "a\nb", "--", "\ud800x"])
def test_a_story_that_is_no_name_is_refused_before_anything_is_read(tmp_path, story):
    (tmp_path / "a.txt").write_text("The mill burnt.")
    with pytest.raises(UsageError, match=r"story|surrogate"):
        add([tmp_path / "a.txt"], tmp_path / "corpus", story=story)
    assert not (tmp_path / "corpus").exists()


def test_a_line_with_a_story_that_is_no_text_is_reported(tmp_path):
    (tmp_path / "b.jsonl").write_text('{"text": "The mill burnt.", "story": ["mill"]}\n')
    with pytest.raises(ProblemsFound, match=r"b.jsonl:1: states a story that is no name: ..mill"):
        add([tmp_path], tmp_path / "corpus")
