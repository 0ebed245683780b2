"""BLEU against the worked examples of Papineni et al. 2002 (sections 2.1 and 2.2) and against computations by hand."""

import math

import pytest

from coursekit.metrics.bleu import bleu, brevity_penalty, modified_precision


def words(text: str) -> list[str]:
    return text.lower().split()


GUIDE = [
    words("It is a guide to action that ensures that the military will forever heed Party commands"),
    words(
        "It is the guiding principle which guarantees the military forces always being under the command of the Party"
    ),
    words("It is the practical guide for the army always to heed the directions of the party"),
]
GOOD = words("It is a guide to action which ensures that the military always obeys the commands of the party")
POOR = words("It is to insure the troops forever hearing the activity guidebook that party direct")
MAT = [words("the cat is on the mat"), words("there is a cat on the mat")]


@pytest.mark.parametrize(
    ("candidate", "n", "expected"), [(GOOD, 1, (17, 18)), (GOOD, 2, (10, 17)), (POOR, 1, (8, 14)), (POOR, 2, (1, 13))]
)
def test_the_modified_precisions_of_the_papers_example_1(candidate, n, expected):
    assert modified_precision(candidate, GUIDE, n) == expected


def test_the_papers_example_2_seven_times_the_is_clipped_to_two():
    assert modified_precision(["the"] * 7, MAT, 1) == (2, 7)
    assert modified_precision(["the"] * 7, MAT, 2) == (0, 6)


def test_clipping_takes_the_largest_count_in_one_reference_not_their_sum():
    assert modified_precision(words("a a a"), [["a", "b"], ["a", "a"]], 1) == (2, 3)


def test_the_papers_example_3_a_candidate_that_is_too_short_has_precision_1_and_is_penalised():
    of_the = words("of the")
    assert modified_precision(of_the, GUIDE, 1) == (2, 2) and modified_precision(of_the, GUIDE, 2) == (1, 1)
    assert bleu(of_the, GUIDE, 2) == pytest.approx(math.exp(1 - 16 / 2))


def test_bleu_is_the_geometric_mean_by_hand():
    assert bleu(GOOD, GUIDE, 2) == pytest.approx(math.sqrt(17 / 18 * 10 / 17))
    assert bleu(GOOD, GUIDE, 4) == pytest.approx((17 / 18 * 10 / 17 * 7 / 16 * 4 / 15) ** 0.25)
    assert bleu(words("the cat sat on the mat"), MAT, 2) == pytest.approx(math.sqrt(5 / 6 * 3 / 5))


def test_the_penalty_is_measured_against_the_nearest_length_and_of_two_the_shorter():
    references = [["a"] * length for length in (12, 15, 17)]
    assert brevity_penalty(["a"] * 12, references) == 1
    assert brevity_penalty(["a"] * 16, references) == 1  # 15 and 17 are equally near
    assert brevity_penalty(["a"] * 11, references) == pytest.approx(math.exp(1 - 12 / 11))
    assert brevity_penalty(["a"] * 20, references) == 1


def test_a_copy_of_a_reference_scores_1():
    assert bleu(GUIDE[1], GUIDE, 4) == pytest.approx(1)


def test_empty_and_short_candidates_score_0():
    assert bleu([], MAT, 1) == 0
    assert bleu(words("the cat is"), MAT, 4) == 0
    assert bleu(words("mat the on cat"), MAT, 2) == 0
    assert brevity_penalty([], MAT) == 0 and modified_precision([], MAT, 1) == (0, 0)


def test_bad_input_is_named():
    with pytest.raises(TypeError, match="split it into words"):
        bleu("the cat", MAT, 1)
    with pytest.raises(TypeError, match="split it into words"):
        bleu(words("the cat"), ["the cat"], 1)
    with pytest.raises(ValueError, match="no references"):
        bleu(words("the cat"), [], 1)
    with pytest.raises(ValueError, match="n is 0"):
        bleu(words("the cat"), MAT, 0)
