"""The clock over stages, and the plot."""

import time
import xml.etree.ElementTree as ElementTree

from bench.plot import plot
from bench.speed import Speed
from bench.stages import Clock, StageTime, stage_table


def burn(seconds: float) -> None:
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def test_a_stage_inside_another_counts_for_itself_alone() -> None:
    clock = Clock()
    with clock.over("outer"):
        burn(0.02)
        clock.function("inner", burn)(0.06)
        burn(0.02)
    outer, inner = clock.stages()
    assert (outer.name, inner.name) == ("outer", "inner")
    assert 0.03 < outer.cpu < 0.055 < inner.cpu


def test_a_table_of_stages_gives_rates_by_cpu_time_and_the_ratio_to_the_floor() -> None:
    assert "| read | 0.50 | 200 | 2 | 90 | 0.25 |" in stage_table([StageTime("read", 0.5, 90.0)], 100, 1_000_000, 2.0)


def test_the_plot_has_a_point_for_every_contestant_and_size() -> None:
    results = [
        Speed(name, docs, 1, 1.0, docs / 1000, 100.0) for name in ("floor", "a & b") for docs in (1000, 10_000, 90_000)
    ]
    drawing = ElementTree.fromstring(plot(results))
    circles = [e for e in drawing.iter() if e.tag.endswith("circle")]
    assert len(circles) == 2 * 6
    assert plot(results[:1]).startswith("<svg")
