from __future__ import annotations

from itertools import combinations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from allegata.models.decoding import Candidate, choose

GAINS = st.sampled_from([-0.25, 0.0, 0.25, 0.5, 1.0])
CANDIDATES = st.lists(
    st.tuples(st.integers(0, 6), st.integers(1, 4), st.integers(0, 2), GAINS).map(
        lambda drawn: Candidate(drawn[0], drawn[0] + drawn[1], drawn[2], drawn[3])
    ),
    max_size=7,
)
# A busy machine draws slowly, which says nothing of the code.
patient = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def _apart(spans: tuple[Candidate, ...]) -> bool:
    return all(a.end <= b.start or b.end <= a.start for a, b in combinations(spans, 2))


@patient
@given(CANDIDATES)
def test_no_other_set_without_an_overlap_gains_more(candidates: list[Candidate]) -> None:
    sets = [s for size in range(len(candidates) + 1) for s in combinations(candidates, size) if _apart(s)]
    chosen = choose(candidates)
    assert _apart(tuple(chosen))
    assert sum(c.gain for c in chosen) == max(sum(c.gain for c in s) for s in sets)


@patient
@given(CANDIDATES, st.randoms())
def test_the_order_of_the_candidates_does_not_matter(candidates: list[Candidate], random: object) -> None:
    shuffled = list(candidates)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    assert choose(shuffled) == choose(candidates)


def test_two_likely_spans_win_over_a_likelier_one_that_overlaps_both() -> None:
    left, right, over = Candidate(0, 2, 0, 0.3), Candidate(2, 4, 0, 0.3), Candidate(1, 3, 1, 0.5)
    assert choose([over, right, left]) == [left, right]
