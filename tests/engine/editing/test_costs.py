"""What edits cost is kept, and what the next one will cost is told from it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.editing.cost_history import KEPT_MEASUREMENTS, CostHistory
from engine.editing.costs import LATEST, EditKind, Measurement, estimate_cost

KIND = EditKind(model="/models/editor", device="cpu", dtype="bf16", pixels=512 * 512, branches=3, steps=20)


def measured(
    kind: EditKind = KIND, *, step: float = 3.0, load: float = 0.0, peak: int | None = 10**9
) -> Measurement:
    return Measurement(
        kind=kind,
        load_seconds=load,
        reading_seconds=1.0,
        step_seconds=step,
        decode_seconds=2.0,
        peak_bytes=peak,
    )


@pytest.fixture
def history(tmp_path: Path) -> CostHistory:
    return CostHistory(tmp_path / "costs" / "history.json")


def test_nothing_is_known_at_first_and_of_other_models(history: CostHistory) -> None:
    assert history.estimate(KIND) is None
    history.add(measured())
    assert history.estimate(KIND) is not None
    for other in ({"model": "/models/other"}, {"device": "cuda"}, {"dtype": "fp32"}, {"turbo": True}):
        assert history.estimate(replace(KIND, **other)) is None


def test_the_same_edit_will_cost_the_same(history: CostHistory) -> None:
    for step in (2.0, 3.0, 100.0):
        history.add(measured(step=step, load=7.0))
    estimate = history.estimate(KIND)
    assert estimate is not None
    assert estimate.seconds == pytest.approx(1.0 + 20 * 3.0 + 2.0)
    assert estimate.load_seconds == 7.0
    assert estimate.peak_bytes == 10**9


def test_steps_branches_and_variations_count(history: CostHistory) -> None:
    history.add(measured())
    fewer = history.estimate(replace(KIND, branches=2, steps=10, variations=4))
    assert fewer is not None
    assert fewer.seconds == pytest.approx(1.0 + 4 * (10 * 2.0 + 2.0))


def test_with_one_size_the_cost_grows_with_the_pixels(history: CostHistory) -> None:
    history.add(measured())
    larger = history.estimate(replace(KIND, pixels=2 * KIND.pixels))
    assert larger is not None
    assert larger.seconds == pytest.approx(2 * (1.0 + 20 * 3.0 + 2.0))


def test_with_several_sizes_there_is_a_line_through_them(history: CostHistory) -> None:
    for factor in (1, 2, 3):
        kind = replace(KIND, pixels=factor * KIND.pixels)
        history.add(measured(kind, step=1.0 + factor, peak=10**9 * (1 + factor)))
    larger = history.estimate(replace(KIND, pixels=5 * KIND.pixels))
    assert larger is not None
    assert larger.peak_bytes == pytest.approx(6 * 10**9)
    assert larger.seconds == pytest.approx(5 * 1.0 + 20 * 6.0 + 2.0)
    smaller = history.estimate(replace(KIND, pixels=KIND.pixels // 100))
    assert smaller is not None
    assert smaller.seconds > 0


def test_unknown_memory_and_loading_stay_unknown(history: CostHistory) -> None:
    history.add(measured(peak=None))
    estimate = history.estimate(KIND)
    assert estimate is not None
    assert estimate.peak_bytes is None
    assert estimate.load_seconds is None


@pytest.mark.parametrize(
    "damage", ["", "[1, 2", "{}", "3", '[{"kind": 3}]', '[{"kind": {}}]', "[" * 100_000], ids=range(7)
)
def test_a_damaged_history_is_begun_anew(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "history.json"
    path.write_text(damage, encoding="utf-8")
    history = CostHistory(path)
    assert history.estimate(KIND) is None
    history.add(measured())
    assert history.read() == [measured()]


def test_what_is_missing_has_its_default_and_what_says_nothing_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "history.json"
    kind = {"model": "/models/editor", "device": "cpu", "dtype": "bf16", "pixels": 4096, "branches": 3}
    measurements = [
        {"kind": kind, "step_seconds": 2},
        {"kind": kind, "step_seconds": "long"},
        {"kind": {**kind, "pixels": 0}, "step_seconds": 2.0},
        {"kind": {**kind, "turbo": "yes"}, "step_seconds": 3.0, "peak_bytes": "much", "load_seconds": -1.0},
        "nothing",
    ]
    path.write_text(json.dumps({"measurements": measurements}), encoding="utf-8")
    assert [(each.kind.turbo, each.step_seconds) for each in CostHistory(path).read()] == [
        (False, 2.0),
        (False, 3.0),
    ]
    first = CostHistory(path).read()[0]
    assert first.kind == replace(KIND, pixels=4096)
    assert (first.load_seconds, first.reading_seconds, first.peak_bytes) == (0.0, 0.0, None)


def test_what_other_versions_add_is_kept_when_the_file_is_written_again(
    tmp_path: Path, history: CostHistory
) -> None:
    history.add(measured())
    path = tmp_path / "costs" / "history.json"
    values = json.loads(path.read_text(encoding="utf-8"))
    assert values["version"] == 1
    values["machine"] = "laptop"
    values["measurements"][0] |= {"watts": 65}
    values["measurements"][0]["kind"] |= {"sampler": "fast"}
    path.write_text(json.dumps(values), encoding="utf-8")
    history.add(measured(step=4.0))
    written = json.loads(path.read_text(encoding="utf-8"))
    assert written["machine"] == "laptop"
    assert written["measurements"][0] == values["measurements"][0]
    assert [each.step_seconds for each in history.read()] == [3.0, 4.0]


def test_a_history_of_a_newer_layout_is_set_aside_and_reported_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path, newer = tmp_path / "history.json", '{"version": 7, "costs": {}}'
    path.write_text(newer, encoding="utf-8")
    history = CostHistory(path)
    assert (history.read(), history.estimate(KIND)) == ([], None)
    assert path.read_text(encoding="utf-8") == newer
    assert caplog.messages == [f"{path} was written by a newer version of IP2P Desktop and is not used."]
    history.add(measured())
    assert history.read() == [measured()]
    assert (tmp_path / "history-version-7.json").read_text(encoding="utf-8") == newer
    assert len(list(tmp_path.iterdir())) == 2


def test_only_the_latest_are_kept_and_nothing_is_left_beside(tmp_path: Path) -> None:
    history = CostHistory(tmp_path / "history.json")
    for number in range(KEPT_MEASUREMENTS + 3):
        history.add(measured(step=float(number + 1)))
    kept = history.read()
    assert len(kept) == KEPT_MEASUREMENTS
    assert kept[-1].step_seconds == KEPT_MEASUREMENTS + 3
    assert [file.name for file in tmp_path.iterdir()] == ["history.json"]


def test_a_folder_that_cannot_be_written_costs_no_edit(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    history = CostHistory(tmp_path / "file" / "history.json")
    history.add(measured())
    assert history.read() == []


LARGE = replace(KIND, photo_pixels=50_000_000, result_pixels=50_000_000)


def test_transfer_and_storing_grow_with_the_photo_and_are_known_of_every_model(history: CostHistory) -> None:
    other = replace(LARGE, model="/models/other")
    at_full_size = {"framing_seconds": 0.5, "transfer_seconds": 6.0, "storing_seconds": 1.5}
    history.add(measured())
    history.add(replace(measured(other), **at_full_size))
    small = history.estimate(replace(KIND, photo_pixels=500_000, result_pixels=500_000))
    large = history.estimate(LARGE)
    assert large is not None
    assert small is not None
    assert large.finishing_seconds == pytest.approx(2.0 + 6.0)
    assert (large.reading_seconds, large.storing_seconds) == pytest.approx((1.0 + 0.5, 1.5))
    assert small.finishing_seconds == pytest.approx(2.0 + 0.06)
    three = history.estimate(replace(LARGE, variations=3))
    assert three is not None
    assert three.seconds == pytest.approx(1.5 + 3 * (20 * 3.0 + 8.0 + 1.5))
    # a result of the working size is not transferred
    working = history.estimate(replace(LARGE, result_pixels=512 * 512))
    assert working is not None
    assert working.finishing_seconds == pytest.approx(2.0)


def test_a_photo_that_was_encoded_is_read_faster(history: CostHistory) -> None:
    history.add(replace(measured(), reading_seconds=4.0, decode_seconds=3.0))
    history.add(replace(measured(), reading_seconds=0.1, decode_seconds=1.0, is_encoded=True))
    new, known = estimate_cost(KIND, history.read()), estimate_cost(KIND, history.read(), is_encoded=True)
    assert new is not None
    assert known is not None
    assert (new.reading_seconds, new.finishing_seconds) == (4.0, 3.0)
    assert (known.reading_seconds, known.finishing_seconds) == (0.1, 1.0)


def test_the_edits_made_last_count(history: CostHistory) -> None:
    for step in (30.0,) * 6 + (3.0,) * LATEST:
        history.add(measured(step=step))
    estimate = history.estimate(KIND)
    assert estimate is not None
    assert estimate.step_seconds == 3.0


def test_near_sizes_give_no_line(history: CostHistory) -> None:
    """Two edits of nearly the same size, one of them slowed down by chance."""
    history.add(measured(replace(KIND, pixels=512 * 384), step=2.0))
    history.add(measured(replace(KIND, pixels=512 * 352), step=4.0))
    estimate = history.estimate(replace(KIND, pixels=1024 * 768))
    assert estimate is not None
    assert estimate.step_seconds == pytest.approx(4 * 2.0)
