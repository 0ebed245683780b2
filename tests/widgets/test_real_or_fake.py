"""The human trial, taken without a browser: its order, its messages, its shares and what it refuses."""

import base64
import io
import math
import tomllib
from collections import Counter
from pathlib import Path

import matplotlib.pyplot
import numpy as np
import pytest
import torch
from PIL import Image
from scipy import stats

from coursekit.data.images import to_float
from coursekit.widgets import human_trial
from coursekit.widgets.human_trial import EXPOSURES, Judgement, draw, plan, read_csv, shares, shares_by_exposure
from coursekit.widgets.real_or_fake import RealOrFake

SIZES = {"real": 30, "GAN": 24, "LAPGAN": 25}


def pictures(value, n=8, channels=1):
    """uint8 images whose pixels say which set and which image they are."""
    return (value + torch.arange(n, dtype=torch.uint8)).view(-1, 1, 1, 1).expand(-1, channels, 4, 5)


@pytest.fixture
def trial():
    return RealOrFake(pictures(100), {"GAN": pictures(200)}, exposures=(50, 100, 350), n_each=2, seed=3)


def say(taken, real=True, shown_ms=100.0, reaction_ms=400, **other):
    """As the browser does."""
    message = {"kind": "answer", "trial": len(taken.results), "real": real, "shown_ms": shown_ms}
    taken._hear(taken.screen, {**message, "reaction_ms": reaction_ms, **other}, [])


def test_each_source_is_shown_equally_often_at_each_exposure_and_no_picture_twice():
    trials = plan(SIZES, EXPOSURES, n_each=3, seed=0)
    assert Counter((one.source, one.wanted_ms) for one in trials) == {
        (s, float(ms)): 3 for s in SIZES for ms in EXPOSURES
    }
    assert len({(one.source, one.image) for one in trials}) == len(trials) == 72
    assert all(0 <= one.image < SIZES[one.source] for one in trials)


def test_each_round_is_balanced_so_that_an_early_end_is_too():
    trials = plan(SIZES, (50, 500), n_each=4, seed=0)
    for start in range(0, 24, 6):
        pairs = {(one.source, one.wanted_ms) for one in trials[start : start + 6]}
        assert len(pairs) == 6


def test_the_seed_fixes_order_and_pictures_and_leaves_the_global_generator_alone():
    state = torch.get_rng_state()
    first, again, other = (plan(SIZES, EXPOSURES, 3, seed) for seed in (1, 1, 2))
    assert first == again != other
    assert [one.source for one in first] != [one.source for one in other]
    assert torch.equal(torch.get_rng_state(), state)


def test_the_browser_gets_the_pictures_in_the_order_of_the_trials_and_not_their_sources(trial):
    shown = np.frombuffer(trial.screen.pictures, np.uint8).reshape(trial.screen.shape)
    assert shown.shape == (12, 4, 5, 1)
    expected = [{"real": 100, "GAN": 200}[one.source] + one.image for one in trial.trials]
    assert shown[:, 0, 0, 0].tolist() == expected
    assert trial.screen.exposures == [one.wanted_ms for one in trial.trials]
    assert "GAN" not in str({name: value for name, value in trial.screen.get_state().items() if name[0] != "_"})


@pytest.mark.parametrize("channels", [1, 3])
def test_uint8_and_floats_are_the_same_pictures(channels):
    uint8, floats = pictures(100, channels=channels), to_float(pictures(50, channels=channels))
    mixed = RealOrFake(uint8, {"GAN": floats}, (100,), 1)
    same = RealOrFake(to_float(uint8), {"GAN": pictures(50, channels=channels)}, (100,), 1)
    assert mixed.screen.pictures == same.screen.pictures
    grey = RealOrFake(uint8[:, 0], {"GAN": floats[:, :1]}, (100,), 1)
    assert grey.screen.shape == [2, 4, 5, 1]


def test_an_answer_of_the_browser_becomes_a_line_of_the_table(trial):
    say(trial, real=False, shown_ms=116.7, reaction_ms=512)
    one = trial.trials[0]
    assert trial.results == [Judgement(0, one.source, one.image, one.wanted_ms, 116.7, "fake", 512.0)]
    assert trial.screen.n_done == 1 and trial.screen.note == "" and trial.screen.outcome == {}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"trial": 5}, "the answer was to picture 5, the next is 0"),
        ({"trial": False}, "the answer was to picture False"),
        ({"trial": "0"}, "the answer was to picture '0'"),
        ({"real": "yes"}, "was 'yes', neither true"),
        ({"real": None}, "was None, neither true"),
        ({"shown_ms": -1}, "shown_ms of picture 0 was -1"),
        ({"shown_ms": math.nan}, "shown_ms of picture 0 was nan"),
        ({"reaction_ms": "soon"}, "reaction_ms of picture 0 was 'soon'"),
        ({"reaction_ms": 1e9}, "not milliseconds between 0 and 600000"),
    ],
)
def test_a_wrong_message_is_refused_with_its_reason_and_the_next_right_one_is_taken(trial, wrong, words):
    say(trial, **wrong)
    assert words in trial.screen.note and trial.results == [] and trial.screen.n_done == 0
    say(trial)
    assert trial.screen.note == "" and len(trial.results) == 1


@pytest.mark.parametrize("message", [None, "answer", 3, [], {}, {"kind": "dance"}, {"kind": "finish"}])
def test_what_is_no_answer_at_all_never_raises_in_the_kernel(trial, message):
    trial._hear(trial.screen, message, [])
    assert trial.screen.note and trial.results == []


def test_a_second_view_cannot_answer_the_same_picture_again(trial):
    say(trial, real=True)
    say(trial, real=False, trial=0)
    assert [one.answer for one in trial.results] == ["real"] and "the next is 1" in trial.screen.note


def test_nothing_is_told_before_the_end_and_everything_at_it(trial):
    for one in trial.trials:
        assert trial.screen.outcome == {} and trial.screen.plot == b""
        say(trial, real=one.source == "real", shown_ms=one.wanted_ms + 10)
    low, high = stats.binomtest(0, 6).proportion_ci(method="wilson")
    assert sorted(trial.screen.outcome["lines"]) == [
        f"GAN: 0 of 6 judged real, 0%; 95 % interval {low:.0%} to {high:.0%}",
        f"real: 6 of 6 judged real, 100%; 95 % interval {1 - high:.0%} to {1 - low:.0%}",
    ]
    first = trial.trials[0]
    answer = "real" if first.source == "real" else "fake"
    wanted = first.wanted_ms
    assert trial.screen.outcome["rows"][0] == [1, first.source, f"{wanted:.0f}", f"{wanted + 10:.0f}", answer, "400"]
    assert Image.open(io.BytesIO(trial.screen.plot)).size == (800, 360)
    say(trial)
    assert "has ended" in trial.screen.note and len(trial.results) == 12


def test_a_trial_that_is_finished_early_shows_what_there_is(trial):
    trial.answer(True)
    trial._hear(trial.screen, {"kind": "finish"}, [])
    assert len(trial.screen.outcome["rows"]) == 1 and trial.screen.outcome["rows"][0][3] == ""
    assert "1 of 12 pictures" in trial.figure().axes[0].get_title(loc="left")


def judgements(counts):
    """`counts`: (source, ms) -> (judged real, pictures)."""
    return [
        Judgement(0, source, 0, ms, ms, "real" if k < n_real else "fake", 1.0)
        for (source, ms), (n_real, n) in counts.items()
        for k in range(n)
    ]


COUNTS = {("real", 50.0): (6, 9), ("real", 500.0): (9, 9), ("GAN", 50.0): (4, 9), ("GAN", 500.0): (0, 9)}


def test_shares_and_wilson_intervals_are_scipys():
    told = judgements(COUNTS)
    by_exposure = shares_by_exposure(reversed(told))
    for (source, ms), (n_real, n) in COUNTS.items():
        one, expected = by_exposure[source][ms], stats.binomtest(n_real, n).proportion_ci(method="wilson")
        assert (one.n_real, one.n, one.value) == (n_real, n, n_real / n)
        assert (one.low, one.high) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert list(by_exposure["real"]) == [50.0, 500.0]
    assert {source: (one.n_real, one.n) for source, one in shares(told).items()} == {"real": (15, 18), "GAN": (4, 18)}


@pytest.mark.parametrize(("n_real", "n"), [(0, 1), (1, 1), (0, 24), (24, 24), (7, 24), (399, 1000)])
def test_the_interval_is_scipys_also_at_the_ends(n_real, n):
    expected = stats.binomtest(n_real, n).proportion_ci(method="wilson")
    assert human_trial.wilson(n_real, n) == pytest.approx((expected.low, expected.high), abs=1e-12)


def test_a_picture_shown_more_than_two_frames_off_is_listed_and_not_counted(trial):
    for one in trial.trials:
        late = 20_000 if one == trial.trials[0] else 33.4
        say(trial, shown_ms=one.wanted_ms + late)
    assert len(trial.results) == 12 and sum(one.n for one in shares(trial.results).values()) == 11
    assert "1 left out" in trial.figure().axes[0].get_title(loc="left")


def test_a_trial_of_which_nothing_counts_is_drawn_without_complaint(trial):
    for _ in trial.trials:
        say(trial, shown_ms=9_000)
    assert trial.screen.outcome["lines"] == [] and trial.screen.plot.startswith(b"\x89PNG")


def test_the_plot_shows_shares_and_intervals_apart_by_marker_and_dashes():
    axis = draw(judgements(COUNTS)).axes[0]
    real, gan = (container.lines for container in axis.containers)
    assert real[0].get_ydata().tolist() == pytest.approx([100 * 6 / 9, 100])
    assert gan[0].get_ydata().tolist() == pytest.approx([100 * 4 / 9, 0])
    low, high = gan[1][0].get_ydata(), gan[1][1].get_ydata()
    expected = [stats.binomtest(k, 9).proportion_ci(method="wilson") for k in (4, 0)]
    assert list(low) == pytest.approx([100 * one.low for one in expected], abs=1e-9)
    assert list(high) == pytest.approx([100 * one.high for one in expected], abs=1e-9)
    assert (real[0].get_marker(), real[0].get_linestyle()) != (gan[0].get_marker(), gan[0].get_linestyle())
    assert real[0].get_xdata().astype(float) == pytest.approx([50, 500], rel=0.05)
    assert matplotlib.pyplot.get_fignums() == []


def test_a_critic_judges_the_same_pictures_and_leaves_the_trial_to_the_reader(trial):
    told = trial.simulate(lambda x: x.mean((1, 2, 3)) < 0.2, "brightness")  # 100 to 107 are dark, 200 to 207 are not
    assert {source: one.value for source, one in shares(told).items()} == {"real": 1.0, "GAN": 0.0}
    assert [(one.shown_ms, one.reaction_ms) for one in told] == [(None, None)] * 12
    assert trial.results == [] and trial.screen.n_done == 0
    assert "brightness" in trial.figure().axes[0].get_title(loc="left")
    trial.answer(True, shown_ms=50.0)
    assert "judged by you, 1 of 12" in trial.figure().axes[0].get_title(loc="left")


def test_the_table_survives_a_csv_file(trial, tmp_path):
    for k, one in enumerate(trial.trials):
        trial.answer(k % 3 == 0, one.wanted_ms + k / 7 if k % 2 else None, 300 + k / 3 if k % 4 else None)
    trial.save_csv(tmp_path / "trial.csv")
    assert read_csv(tmp_path / "trial.csv") == trial.results
    first = (tmp_path / "trial.csv").read_text(encoding="utf-8").splitlines()[0]
    assert first == "trial,source,image,wanted_ms,shown_ms,answer,reaction_ms"


def test_nothing_is_written_by_itself(trial, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for _ in trial.trials:
        say(trial)
    assert list(tmp_path.iterdir()) == []


FEW, OK = pictures(0, n=7), pictures(0)


@pytest.mark.parametrize(
    ("real", "fakes", "words"),
    [
        (OK, {}, "fakes got none"),
        (OK, OK, "fakes got Tensor, it needs at least one named set"),
        (OK, {"real": OK}, "give it the name of its generator"),
        (OK, {"GAN": FEW}, "'GAN' has 7 images, the trial needs 8"),
        (FEW, {"GAN": OK}, "'real' has 7 images"),
        (OK, {"GAN": pictures(0)[..., :4]}, r"'GAN' has images \(1, 4, 4\), the real ones are \(1, 4, 5\)"),
        (OK, {"GAN": pictures(0, channels=3)}, r"'GAN' has images \(3, 4, 5\)"),
        (OK, {"GAN": torch.zeros(8, 20)}, r"'GAN' got \(8, 20\) torch.float32"),
        (OK, {"GAN": torch.zeros(8, 4, 5)}, r"x\[:, None\] adds a channel"),
        (OK, {"GAN": pictures(0).long()}, "torch.int64"),
        (OK, {"GAN": pictures(0).float() + 5}, r"'GAN' has values from 5 to 12, it needs \[-1, 1\]"),
        (OK, {"GAN": torch.full((8, 1, 4, 5), math.nan)}, "'GAN' has values from nan"),
        (OK, {"GAN": torch.rand(8, 1, 4, 5)}, "give 2 \\* x - 1"),
        (OK, {str(k): OK for k in range(5)}, "fakes got 5 sets, the plot can tell 4 apart"),
    ],
)
def test_images_that_do_not_fit_are_named_with_what_is_needed(real, fakes, words):
    with pytest.raises(ValueError, match=words):
        RealOrFake(real, fakes, exposures=(100,), n_each=1)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"exposures": (100, 500), "n_each": 5}, "needs 10: 5 at each of 2 exposures"),
        ({"exposures": ()}, "give milliseconds above 0"),
        ({"exposures": (0, 100)}, "give milliseconds above 0"),
        ({"n_each": 0}, "n_each is 0"),
    ],
)
def test_a_trial_that_cannot_be_is_refused(arguments, words):
    with pytest.raises(ValueError, match=words):
        RealOrFake(OK, {"GAN": OK}, **arguments)


def test_scores_instead_of_booleans_are_refused_and_so_is_a_file_without_answers(trial, tmp_path):
    with pytest.raises(ValueError, match="compare its scores with a threshold"):
        trial.simulate(lambda x: x.mean((1, 2, 3)))
    with pytest.raises(ValueError, match="take the trial first"):
        trial.save_csv(tmp_path / "none.csv")
    with pytest.raises(ValueError, match="take the trial, or simulate"):
        trial.figure()


def test_without_a_kernel_there_is_a_sheet_then_the_critics_plot_and_a_sentence(trial):
    sizes = []
    for critic in (None, lambda x: x.mean((1, 2, 3)) < 0):
        if critic is not None:
            trial.simulate(critic)
        bundle = trial._repr_mimebundle_()
        sizes.append(Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))).size)
        assert "application/vnd.jupyter.widget-view+json" in bundle and "run the cell" in bundle["text/plain"]
    assert sizes == [(172, 16), (800, 360)]


def test_scripts_and_styles_of_the_widgets_are_installed_with_the_package():
    package = Path(human_trial.__file__).parents[1]
    settings = tomllib.loads((package.parent / "pyproject.toml").read_text(encoding="utf-8"))
    installed = {
        path for glob in settings["tool"]["setuptools"]["package-data"]["coursekit"] for path in package.glob(glob)
    }
    needed = {path for ending in ("js", "css") for path in (package / "widgets").glob(f"*.{ending}")}
    assert len(needed) >= 2 and needed <= installed
