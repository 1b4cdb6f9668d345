"""Time and memory against the number of documents, as a small SVG."""

from __future__ import annotations

from html import escape
from math import log10

from bench.speed import Speed

_COLOURS = ("#1b1b1b", "#b3261e", "#1f5fa8", "#2e7d32", "#8e6c00", "#6a3d9a", "#00796b", "#ad1457")
_WIDTH, _HEIGHT, _LEFT, _TOP = 300, 220, 50, 26


def plot(results: list[Speed]) -> str:
    """CPU seconds and peak megabytes of every contestant over documents, both axes logarithmic."""
    names = list(dict.fromkeys(result.name for result in results))
    parts = [
        _panel(results, names, "CPU seconds", [r.cpu for r in results], 0),
        _panel(results, names, "peak MB", [r.peak_mb for r in results], _WIDTH + 80),
    ]
    for i, name in enumerate(names):
        x, y = _LEFT + (i % 4) * 160, _TOP + _HEIGHT + 50 + (i // 4) * 18
        parts.append(f'<rect x="{x}" y="{y - 9}" width="10" height="10" fill="{_colour(i)}"/>')
        parts.append(f'<text x="{x + 15}" y="{y}">{escape(name)}</text>')
    size = f'width="{2 * _WIDTH + 160}" height="{_TOP + _HEIGHT + 60 + 18 * ((len(names) + 3) // 4)}"'
    style = 'font-family="sans-serif" font-size="11"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>\n' + "\n".join(parts) + "\n</svg>\n"


def _panel(results: list[Speed], names: list[str], title: str, values: list[float], shift: int) -> str:
    xs, ys = _decades([r.docs for r in results]), _decades(values)
    parts = [f'<g transform="translate({_LEFT + shift} {_TOP})">', f'<text y="-10">{title} by documents</text>']
    for k in range(xs[0], xs[1] + 1):
        x = _WIDTH * (k - xs[0]) / (xs[1] - xs[0])
        parts.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y2="{_HEIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{x:.1f}" y="{_HEIGHT + 14}" text-anchor="middle">{10**k:,}</text>')
    for k in range(ys[0], ys[1] + 1):
        y = _HEIGHT * (ys[1] - k) / (ys[1] - ys[0])
        parts.append(f'<line x2="{_WIDTH}" y1="{y:.1f}" y2="{y:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="-5" y="{y + 4:.1f}" text-anchor="end">{10.0**k:,g}</text>')
    for i, name in enumerate(names):
        found = sorted((r.docs, value) for r, value in zip(results, values, strict=True) if r.name == name)
        points = [
            (_WIDTH * (log10(n) - xs[0]) / (xs[1] - xs[0]), _HEIGHT * (ys[1] - log10(v)) / (ys[1] - ys[0]))
            for n, v in found
        ]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{_colour(i)}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{_colour(i)}"/>' for x, y in points]
    return "\n".join([*parts, "</g>"])


def _decades(values: list[int] | list[float]) -> tuple[int, int]:
    """The powers of ten around some positive values."""
    low = int(log10(min(values)) // 1)
    return low, max(low + 1, int(-(-log10(max(values)) // 1)))


def _colour(i: int) -> str:
    return _COLOURS[i % len(_COLOURS)]
