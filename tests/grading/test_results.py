"""Results are lines that survive a kill, say nothing twice, and print as text and nothing else."""

import json

import pytest

from coursekit.grading import results
from coursekit.grading.results import Check, Result, append, printable, rewrite, seed_for, stored

ANN = Result("ann", "03_t", "landlock", (Check("03.f", 2, 2, "passed"), Check("03.g", 0, 1, "failed", "no")))


def test_a_line_has_the_documented_fields_and_sums():
    line = json.loads(ANN.line())
    assert list(line) == ["submission", "lesson", "points", "max_points", "isolation", "checks"]
    assert (line["points"], line["max_points"]) == (2, 3)
    assert line["checks"][1] == {"id": "03.g", "points": 0, "max_points": 1, "status": "failed", "message": "no"}
    assert ANN.line().isascii() and ANN.line().count("\n") == 1


@pytest.mark.parametrize("cut", [1, 20, 100])
def test_a_line_cut_by_a_kill_is_not_counted_and_goes_when_the_file_is_continued(tmp_path, cut):
    path = tmp_path / "results.jsonl"
    append(path, ANN)
    whole = path.read_bytes()
    path.write_bytes(whole + whole.replace(b"ann", b"bob")[:-cut])
    assert list(stored(path)) == [("ann", "03_t")]
    rewrite(path, stored(path), stored(path))
    assert path.read_bytes() == whole and [p.name for p in tmp_path.iterdir()] == ["results.jsonl"]


def test_the_order_of_a_finished_file_is_the_submissions_and_not_the_clocks(tmp_path):
    bob, orders = Result("bob", "03_t", "landlock", ANN.checks), []
    for order in ((ANN, bob), (bob, ANN, bob)):
        path = tmp_path / f"{len(order)}.jsonl"
        for result in order:
            append(path, result)
        rewrite(path, stored(path), [("ann", "03_t"), ("bob", "03_t"), ("gone", "03_t")])
        orders.append(path.read_bytes())
    assert orders[0] == orders[1] == (ANN.line() + bob.line()).encode()


def test_seeds_are_equal_for_a_class_and_differ_by_check_and_by_secret():
    assert seed_for("s", "03.f") == seed_for("s", "03.f")
    seeds = {seed_for(secret, *names) for secret in ("", "s") for names in (("a", "b"), ("ab",), ("a\0b",), ("b", "a"))}
    assert len(seeds) == 6  # ("a", "b") and ("a\0b",) are one message
    assert all(0 <= seed < 2**63 for seed in seeds)


def test_seed_is_hmac_sha256_of_the_name():
    # printf 03.f | openssl dgst -sha256 -hmac s, first 8 bytes, halved
    assert seed_for("s", "03.f") == 5215611078997963566


def test_messages_carry_no_terminal_codes_and_no_hidden_directions():
    assert printable("a\x1b[2J\x1b]0;t\x07b\u202ec\rd\n\te\ud800") == "a]0;tbcd\n\te?"
    assert len(printable("x" * 10**6)) == results.MAX_MESSAGE
