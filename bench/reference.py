"""The pages of the docs that are made from the program: its commands with their options, its settings, its messages.

typer brings its own copy of click, whose classes cannot be named: hence `Any`.
"""

from __future__ import annotations

import itertools
import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, get_args

import typer.main
from babel import Locale

from allegata.cli.app import app
from allegata.cli.endings import CODES
from allegata.judge.line_judge import default_line_judge
from allegata.models import lexicon
from allegata.text import words
from bench.messages import messages_page
from bench.plain_text import read_pages

COMMANDS, SETTINGS, LANGUAGES, FINDINGS, MESSAGES = (
    Path(f"docs/{name}.md") for name in ("commands", "settings", "languages", "findings", "messages")
)
_BY_PROGRAM = "<!-- Made by `python -m bench reference`. Do not edit. -->\n\n"
_COMMANDS = """# Commands

Every command finds the corpus from any folder below it, as git does; `--root` names another. `--help` of a command
says the same as this page.

"""
_SETTINGS = """# Settings

The settings of a corpus are in `allegata.toml`, or in a table `[tool.allegata]` of a `pyproject.toml`. All of them are
optional. What is wrong with them is one report. This is the file as `allegata init` writes it:

```toml
"""
_LANGUAGES = """# Languages

What works in which language. Nothing is asked for: the language of a text is found, and what is known of it is used.
A page that mixes languages is cleaned by the words of all of them.

| what | in which languages |
|---|---|
| web pages: what belongs to the article | all; the judge looks at the layout, and was trained on pages of many |
| plain text: the judge of lines | all; it learned from written pages in LANGUAGES and from web pages |
| ids, versions, deduplication, validation, exchange | all; words are cut also where a script writes no blanks |
| sentences | all; Thai writes no mark at their end and is cut at line ends alone |
| e-mail addresses, IBANs, IP addresses, telephone numbers in the international form | all |
| the rest | those of the table |

Any other text is cleaned by its layout and by the judges, and `pre-annotate` proposes values alone: dates, sums and
quantities in the words of Unicode's CLDR. *More words for values* are those that CLDR lacks.

"""


_FINDINGS = """# Findings

What surprised us about libraries, tools and formats of this field. Each is a script in `findings/` that installs the
packages it names, at the versions it names, in a temporary folder, shows what happens, and fails once that changes.
None of them is run by the tests.

"""


def pages() -> dict[Path, str]:
    """The text of each page by its place in the repository."""
    made = {
        COMMANDS: commands_page(),
        SETTINGS: settings_page(),
        LANGUAGES: languages_page(),
        FINDINGS: findings_page(Path("findings")),
        MESSAGES: messages_page(),
    }
    return {place: _BY_PROGRAM + text for place, text in made.items()}


def commands_page() -> str:
    """Every command: what it does, its arguments and options, from the program itself."""
    group = typer.main.get_command(app)
    found = dict(_commands(group, ()))
    rows = [
        f"| [`allegata {name}`](#allegata-{name.replace(' ', '-')}) | {_first(one)} |" for name, one in found.items()
    ]
    table = "| command | what it does |\n|---|---|\n" + "\n".join(rows) + "\n\n"
    codes = "## Exit codes\n\n| code | meaning |\n|---|---|\n" + "".join(_codes()) + "\n"
    return _COMMANDS + table + codes + "\n".join(_section(name, one) for name, one in found.items())


def option_names() -> dict[str, frozenset[str]]:
    """The options of each command, as `--root`."""
    found = _commands(typer.main.get_command(app), ())
    return {name: frozenset(o for p in one.params for o in (*p.opts, *p.secondary_opts)) for name, one in found}


def settings_page() -> str:
    """The file of settings that a new corpus begins with."""
    template = files("allegata.recipe").joinpath("template/allegata.toml").read_text(encoding="utf-8")
    return f"{_SETTINGS}{template}```\n"


def languages_page() -> str:
    """What each language has words for, from the files of words themselves."""
    named, valued = (
        tomllib.loads(files("allegata.propose").joinpath(f"{name}.toml").read_text(encoding="utf-8")).keys() - {"any"}
        for name in ("names", "words")
    )
    has = {
        "cleaning: furniture, teasers, prompts": {
            name for name in words.languages() if "navigation" in words.purposes(name)
        },
        "names of months": {name for name in words.languages() if words.phrases(name, "dates", "months")},
        "byline": {name for name in words.languages() if words.phrases(name, "byline", "cues")},
        "attributions and claims": set(lexicon.languages()),
        "names": named,
        "more words for values": valued,
    }
    lines = [f"| | {' | '.join(has)} |", f"|---|{'---|' * len(has)}"]
    for name in sorted(set().union(*has.values())):
        shown = Locale.parse(name).get_display_name("en") or name
        lines.append(
            f"| {shown} (`{name}`) | {' | '.join('yes' if name in known else '–' for known in has.values())} |"
        )
    return _LANGUAGES.replace("LANGUAGES", f"{len(_written_languages())} languages") + "\n".join(lines) + "\n"


def _written_languages() -> set[str]:
    """The languages of the written pages that the judge of lines learned from; a page of another set has a kind."""
    folder = Path(__file__).parents[1] / "tests" / "pages"
    names = [name for name, _ in default_line_judge().trained_on if (folder / name).is_file()]
    return {page.of for name in names for page in read_pages(folder / name) if len(page.of) == 2}


def findings_page(folder: Path) -> str:
    """What each script of findings/ says of itself: its first comment."""
    sections = []
    for script in sorted(folder.glob("*.sh")):
        lines = script.read_text(encoding="utf-8").splitlines()[1:]
        said = itertools.takewhile(lambda line: line.startswith("#"), lines)
        comment = [line.removeprefix("#").strip() for line in said]
        sections.append(f"## {script.stem}\n\n" + "\n".join(map(_as_text, comment)) + "\n")
    return _FINDINGS + "\n".join(sections)


def _as_text(line: str) -> str:
    return re.sub(r"([<>*_\[\]|])", r"\\\1", line)


def _commands(group: Any, above: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for name, one in group.commands.items():
        if hasattr(one, "commands"):
            yield from _commands(one, (*above, name))
        else:
            yield " ".join((*above, name)), one


def _anchor(name: str) -> str:
    return name.replace(" ", "-")


def _codes() -> Iterator[str]:
    for code, meaning in re.findall(r"(\d+) ((?:[^,(]|\([^)]*\))+)", CODES.partition(": ")[2]):
        yield f"| {code} | {meaning.strip(' .')} |\n"


def _first(command: Any) -> str:
    return (command.help or "").strip().splitlines()[0]


def _section(name: str, command: Any) -> str:
    parts = [f"## allegata {name}\n\n{_text(command.help or '')}\n"]
    rows = [row for parameter in command.params if (row := _row(parameter))]
    if rows:
        parts.append("\n| | | default |\n|---|---|---|\n" + "".join(rows))
    return "".join(parts)


def _text(help_text: str) -> str:
    """Paragraphs as they were written, each on a line."""
    return "\n\n".join(" ".join(part.split()) for part in help_text.strip().split("\n\n"))


def _row(parameter: Any) -> str:
    if getattr(parameter, "hidden", False) or parameter.name == "help":
        return ""
    if parameter.param_type_name == "option":
        name, meaning = ", ".join((*parameter.opts, *parameter.secondary_opts)), parameter.help or ""
    else:
        name = (parameter.metavar or parameter.name).removesuffix("…") + ("…" if parameter.nargs == -1 else "")
        meaning = getattr(parameter, "help", None) or ""
    kinds = [kind for kind in get_args(parameter.type_descriptor.annotation) if isinstance(kind, str)]
    unsaid = [kind for kind in kinds if kind not in meaning]
    what = f"{meaning} One of {', '.join(f'`{kind}`' for kind in kinds)}." if unsaid else meaning
    return f"| `{name}` | {_cell(what)} | {_cell(_default(parameter))} |\n"


def _default(parameter: Any) -> str:
    if parameter.required:
        return "required"
    shown = getattr(parameter, "show_default", None)
    if isinstance(shown, str):
        return shown
    value = parameter.default
    if value in (None, False, (), []) or callable(value):
        return ""
    return f"`{value}`"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
