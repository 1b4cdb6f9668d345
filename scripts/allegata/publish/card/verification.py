"""Whether the card is that of the versions beside it: its configs, its links and pages, and what a build writes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from allegata.publish.card.pages import CARD, FOLDER, generated_pages
from allegata.publish.configs import README, corpus_configs, yaml_block
from allegata.publish.diff.changelog import CHANGELOG
from allegata.publish.splits import PINS
from allegata.schema.files import read_file
from allegata.schema.markup import outside_fences
from allegata.schema.problems import Problem
from allegata.schema.release_manifest import ReleaseManifest

_REFRESH = "write it again: allegata build"
_LINKED = re.compile(rf"(?<!\\)\]\(({FOLDER}/[^()\s]+)\)")


def verify_card(corpus: Path, manifests: Sequence[ReleaseManifest]) -> list[Problem]:
    """What is wrong with `README.md` of the corpus folder and its pages: the configs are those of the versions, every
    page that it links to is there, and no page is of an earlier publication."""
    place = f"{corpus.name}/{README}"
    try:
        text = (corpus / README).read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return [Problem("is missing, or not UTF-8", _REFRESH, file=place)]
    problems = []
    if yaml_block(corpus_configs(manifests)) not in text:
        problems.append(Problem("has not the configs and features of the versions", _REFRESH, file=place))
    linked = {corpus / name for _, line in outside_fences(text) for name in _LINKED.findall(line)}
    there = set(generated_pages(corpus)) | {path for path in linked if path.is_file()}
    for path in sorted(linked ^ there):
        what = "is missing, but the card links to it" if path in linked else "is no page of the card"
        problems.append(Problem(what, _REFRESH, file=f"{corpus.name}/{path.relative_to(corpus).as_posix()}"))
    return problems


def compare_cards(root: Path, rebuilt: Path) -> list[Problem]:
    """A problem for each file of the card in `root` that is not the one that a build wrote in `rebuilt`."""
    names = {f"corpus/{README}", f"corpus/{CHANGELOG}", CARD, PINS}
    names |= {
        f"corpus/{FOLDER}/{path.name}" for folder in (root, rebuilt) for path in generated_pages(folder / "corpus")
    }
    return [
        Problem("is not what a build writes", _REFRESH, file=name)
        for name in sorted(names)
        if read_file(root / name, name) != read_file(rebuilt / name, name)
    ]
