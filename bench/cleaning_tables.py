"""The report of the cleaning benchmark as text."""

from __future__ import annotations

from statistics import fmean

from bench.cleaning import ALL, TUNING, UNSEEN, CleaningReport, SystemResult
from bench.cleaning_scores import Protocol, calibration, interval_of_difference


def table(report: CleaningReport) -> str:
    """Scores by kind of page, the difference to the best other, speed and calibration."""
    parts = [f"{len(report.pages)} pages, {report.protocol}, data {report.digest[:16]}\n"]
    parts += [_scores(report, kind) for kind in report.kinds]
    return "".join([*parts, _speed(report), _calibration(report)])


def _scores(report: CleaningReport, kind: str) -> str:
    words = report.protocol is Protocol.WORDS
    number = len(report.counts(report.systems[0], kind))
    head = f"{kind} ({number})"
    lines = [f"{head:22} {'F1 unseen':>9} {'F1 tuning':>9} {'F1 all':>7} {'P all':>7} {'R all':>7}"]
    lines[0] += f" {'with':>6} {'without':>7}" if words else ""
    for system in report.systems:
        unseen, tuning, both = (report.scores(system, kind, half) for half in (UNSEEN, TUNING, ALL))
        line = f"{system.name:22} {unseen.f1:9.4f} {tuning.f1:9.4f} {both.f1:7.4f} {both.precision:7.4f}"
        line += f" {both.recall:7.4f}"
        if words:
            found = [one for page, one in zip(report.pages, system.found, strict=True) if page.kind == kind]
            line += f" {fmean(one for one, _ in found):6.3f} {fmean(one for _, one in found):7.3f}"
        lines.append(line)
    for half, name in ((UNSEEN, "unseen"), (ALL, "all")):
        ours, best = report.systems[0], report.best_other(kind, half)
        own = report.counts(ours, kind, half)
        if best and own:
            low, high = interval_of_difference(own, report.counts(best, kind, half), report.protocol)
            difference = report.scores(ours, kind, half).f1 - report.scores(best, kind, half).f1
            below = ", below the best of the run" if difference < 0 else ""
            lines.append(f"{name}: ours less {best.name} {difference:+.4f} [{low:+.4f}, {high:+.4f}]{below}")
    return "".join(f"{line}\n" for line in lines)


def _speed(report: CleaningReport) -> str:
    lines = [f"{'speed':22} {'pages/s':>9} {'x parse':>9} {'empty':>7} {'failed':>7}"]
    lines += [_pace(report, system) for system in report.systems]
    return "".join(f"{line}\n" for line in lines)


def _pace(report: CleaningReport, system: SystemResult) -> str:
    pace, parses = len(report.pages) / max(system.seconds, 1e-9), system.seconds / max(report.parse, 1e-9)
    return f"{system.name:22} {pace:9.1f} {parses:9.1f} {system.empty:7} {len(system.failed):7}"


def _calibration(report: CleaningReport) -> str:
    """How far the confidence of ours lies from the F1 of the page, on each half."""
    ours = report.systems[0]
    lines = []
    for half, name in ((UNSEEN, "unseen"), (ALL, "all")):
        pairs = [
            (confidence, counts.f1)
            for confidence, counts in zip(ours.confidences[half], ours.counts[half], strict=True)
            if confidence is not None
        ]
        if pairs:
            error, bins = calibration(pairs)
            lines.append(f"{name}: expected calibration error {error:.4f} over {len(pairs)} pages")
            lines += [f"  {one.pages:5} pages  confidence {one.confidence:.3f}  F1 {one.f1:.3f}" for one in bins]
    return "".join(f"{line}\n" for line in lines)
