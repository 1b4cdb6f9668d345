"""Tables that others published, as figures with their source, and our row among theirs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class SystemFigures:
    """One system: its figures by column; a column it did not report is absent.

    `chosen_on` says on which data the system, its options or the row was chosen: figures on the same data flatter.
    """

    system: str
    values: Mapping[str, float]
    chosen_on: str
    ours: bool = False


@dataclass(frozen=True)
class PublishedTable:
    """Rows in the order of the first column. `scale` is 1 for shares, 100 for percent.

    `caveat` says what of our row can be compared with the others, and what cannot.
    """

    title: str
    source: str
    columns: tuple[str, ...]
    rows: tuple[SystemFigures, ...]
    caveat: str
    scale: int = 1

    def with_row(self, row: SystemFigures) -> PublishedTable:
        """The table with one more row in its place."""
        first = self.columns[0]
        ranked = sorted((*self.rows, row), key=lambda item: (-item.values.get(first, float("-inf")), item.system))
        return replace(self, rows=tuple(ranked))

    def with_held_out(self, row: SystemFigures) -> PublishedTable:
        """The table with a row of held-out training data below it, marked: it must not be read as one of them."""
        marked = replace(row, system=f"{row.system} (held-out training data, not comparable)")
        return replace(self, rows=(*self.rows, marked))

    def lines(self) -> list[str]:
        """The table as Markdown; our rows are bold."""
        digits = 4 if self.scale == 1 else 1
        out = [
            f"{self.title}. Source: {self.source}",
            "",
            "| system | chosen on | " + " | ".join(self.columns) + " |",
            "|---|---|" + "---:|" * len(self.columns),
        ]
        for row in self.rows:
            cells = [f"{row.values[c]:.{digits}f}" if c in row.values else "–" for c in self.columns]
            shown = [row.system, row.chosen_on, *cells]
            out.append("| " + " | ".join(f"**{cell}**" if row.ours else cell for cell in shown) + " |")
        return out


def _rows(columns: Sequence[str], text: str) -> tuple[SystemFigures, ...]:
    rows = []
    for line in text.strip().splitlines():
        system, chosen_on, *cells = (cell.strip() for cell in line.split("|"))
        values = {c: float(v) for c, v in zip(columns, cells, strict=True) if v != "-"}
        rows.append(SystemFigures(system, values, chosen_on))
    return tuple(rows)


_CT = ("MAP", "RR", "R-P", "P@1", "P@3", "P@5", "P@10", "P@20", "P@50")
CHECKTHAT2019 = PublishedTable(
    "CLEF-2019 CheckThat! Task 1, check-worthiness of 7 debates and speeches",
    "Atanasova et al. 2019, primary runs; the best contrastive run; floors counted on the same test files",
    _CT,
    _rows(
        _CT,
        """
        TheEarthIsFlat, contrastive 2 | the test files (best of all runs) | .1821 | - | - | - | - | - | - | - | -
        Copenhagen | training files | .1660 | .4176 | .1387 | .2857 | .2381 | .2571 | .2286 | .1571 | .1229
        TheEarthIsFlat | training files | .1597 | .1953 | .2052 | .0000 | .0952 | .2286 | .2143 | .1857 | .1457
        IPIPAN | training files | .1332 | .2864 | .1481 | .1429 | .0952 | .1429 | .1714 | .1500 | .1171
        Terrier | training files | .1263 | .3253 | .1088 | .2857 | .2381 | .2000 | .2000 | .1286 | .0914
        UAICS | training files | .1234 | .4650 | .1460 | .4286 | .2381 | .2286 | .2429 | .1429 | .0943
        Factify | training files | .1210 | .2285 | .1292 | .1429 | .0952 | .1143 | .1429 | .1429 | .1086
        JUNLP | training files | .1162 | .4419 | .1128 | .2857 | .1905 | .1714 | .1714 | .1286 | .1000
        nlpir01 | training files | .1000 | .2840 | .1063 | .1429 | .2381 | .1714 | .1000 | .1214 | .0943
        TOBB ETU | training files | .0884 | .2028 | .1150 | .0000 | .0952 | .1429 | .1286 | .1357 | .0829
        IIT (ISM) Dhanbad | training files | .0835 | .2238 | .0714 | .0000 | .1905 | .1143 | .0857 | .0857 | .0771
        é proibido cochilar | training files | .0796 | .3514 | .0886 | .1429 | .2381 | .1429 | .1286 | .1071 | .0714
        floor: sentence length | nothing | .055 | - | - | - | - | - | - | - | -
        Fire | training files | .0528 | .1365 | .0570 | .0000 | .0476 | .0571 | .0429 | .0500 | .0543
        floor: random | nothing | .035 | - | - | - | - | - | - | - | -
        """,
    ),
    "Comparable: same training and test files, every line ranked, ties in the order of the file, as the official "
    "scorer does. Our model was chosen on the training files alone. Seven files are few: neighbouring rows differ by "
    "less than their files do.",
)

_CB = ("weighted F1", "macro F1", "F1 check-worthy", "F1 other", "AP check-worthy")
CLAIMBUSTER = PublishedTable(
    "ClaimBuster, two classes, 4-fold cross-validation on kfold_25ncs (9,674 sentences)",
    "protocol of the claimspotter repository; the published table could not be checked, so the reference row is "
    "an untuned logistic regression on words by the same protocol",
    _CB,
    _rows(_CB, "reference: words, logistic regression | nothing | .869 | .836 | .757 | .914 | .864"),
    "Comparable with anything run on these folds (those of the SVM script, seed 2); the same code runs its other "
    "models on folds of another seed, so a few thousandths say nothing. Our options were chosen on the same folds, "
    "which flatters us. Texts that occur twice may be on both sides.",
)

_PN = ("content", "source", "cue")
POLNEAR = PublishedTable(
    "PolNeAR 1.0, exact span F1, paragraphs, all annotation files of the test set",
    "CofeNet (Wang et al., COLING 2022); pairs of annotators of the 20 core articles, counted from the release",
    _PN,
    _rows(
        _PN,
        """
        BERT + Cofe | development articles | 72.9 | 83.2 | 75.3
        BERT-CRF | development articles | 71.0 | 82.2 | 74.9
        BERT | development articles | 68.9 | 81.1 | 74.0
        two people with each other | nothing | 64.1 | 73.9 | 68.1
        BiLSTM-L2 + Cofe | development articles | 63.6 | 73.3 | 66.2
        BiLSTM-CRF | development articles | 59.0 | 69.6 | 66.7
        CRF over embeddings | development articles | 28.6 | 50.6 | 53.4
        CoreNLP | other articles | 17.5 | 13.9 | -
        rules | not stated | 5.6 | 10.7 | 22.8
        """,
    ),
    "Comparable: same test files, repeated articles kept, exact ends and role. Not the same: CofeNet tuned on the "
    "development articles, which ours never reads; words are cut by each system's own rule. The row of two people is "
    "of other articles and is a yardstick, not a ceiling.",
    scale=100,
)
