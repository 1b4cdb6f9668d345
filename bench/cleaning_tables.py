"""The report of the cleaning benchmark as text."""

from __future__ import annotations

from statistics import fmean

from allegata.measures.calibration import calibration_error
from bench.cleaning import CleaningReport, SystemResult
from bench.cleaning_scores import Protocol, interval_of_difference


def table(report: CleaningReport) -> str:
    """Scores by kind of page, the difference to the best other, speed and calibration."""
    parts = [f"{len(report.pages)} pages, {report.protocol}, data {report.digest[:16]}\n"]
    parts += [_scores(report, kind) for kind in report.kinds]
    return "".join([*parts, _speed(report), _calibration(report)])


def _scores(report: CleaningReport, kind: str) -> str:
    words = report.protocol is Protocol.WORDS
    number = len(report.counts(report.systems[0], kind))
    head = f"{kind} ({number})"
    lines = [f"{head:22} {'F1':>7} {'P':>7} {'R':>7}" + (f" {'with':>6} {'without':>7}" if words else "")]
    for system in report.systems:
        own = report.scores(system, kind)
        line = f"{system.name:22} {own.f1:7.4f} {own.precision:7.4f} {own.recall:7.4f}"
        if words:
            found = [one for page, one in zip(report.pages, system.found, strict=True) if page.kind == kind]
            line += f" {fmean(one for one, _ in found):6.3f} {fmean(one for _, one in found):7.3f}"
        lines.append(line)
    ours, best = report.systems[0], report.best_other(kind)
    if best:
        low, high = interval_of_difference(report.counts(ours, kind), report.counts(best, kind), report.protocol)
        difference = report.scores(ours, kind).f1 - report.scores(best, kind).f1
        below = ", below the best of the run" if difference < 0 else ""
        lines.append(f"ours less {best.name} {difference:+.4f} [{low:+.4f}, {high:+.4f}]{below}")
    return "".join(f"{line}\n" for line in lines)


def _speed(report: CleaningReport) -> str:
    lines = [f"{'speed':22} {'pages/s':>9} {'x parse':>9} {'empty':>7} {'failed':>7}"]
    lines += [_pace(report, system) for system in report.systems]
    return "".join(f"{line}\n" for line in lines)


def _pace(report: CleaningReport, system: SystemResult) -> str:
    pace, parses = len(report.pages) / max(system.seconds, 1e-9), system.seconds / max(report.parse, 1e-9)
    return f"{system.name:22} {pace:9.1f} {parses:9.1f} {system.empty:7} {len(system.failed):7}"


def _calibration(report: CleaningReport) -> str:
    """How far the confidence of ours lies from the F1 of the page: by kind of page, and of all in tenths."""
    ours = report.systems[0]
    kinds: dict[str, list[tuple[float, float]]] = {kind: [] for kind in report.kinds}
    for page, confidence, counts in zip(report.pages, ours.confidences, ours.counts, strict=True):
        if confidence is not None:
            kinds[page.kind].append((confidence, counts.f1))
    pairs = [pair for own in kinds.values() for pair in own]
    if not pairs:
        return ""
    error, bins = calibration_error(pairs)
    lines = [f"expected calibration error {error:.4f} over {len(pairs)} pages"]
    lines += [f"  {kind:20} {calibration_error(own)[0]:.4f} over {len(own)}" for kind, own in kinds.items() if own]
    lines += [f"  {one.size:5} pages  confidence {one.confidence:.3f}  F1 {one.outcome:.3f}" for one in bins]
    return "".join(f"{line}\n" for line in lines)
