"""The wire carries plain data exactly, and everything else as a name or a ProtocolError."""

import json
import math
import os
import random
import time

import numpy as np
import pytest
import torch

from coursekit.grading import wire
from coursekit.grading.wire import DTYPES, LENGTHS, Opaque, ProtocolError, decode, encode


def frame(tree, body=b""):
    header = json.dumps(tree).encode()
    return LENGTHS.pack(len(header), len(body)) + header + body


@pytest.mark.parametrize("dtype", DTYPES.values(), ids=str)
@pytest.mark.parametrize("shape", [(), (0,), (3,), (2, 0, 3), (2, 3, 1)], ids=str)
def test_tensors_arrive_with_their_bits_dtype_and_shape(dtype, shape):
    sent = (torch.randn(shape, dtype=torch.float64) * 3).abs().to(dtype)
    got = decode(encode(sent))
    assert type(got) is torch.Tensor and got.dtype == dtype and got.shape == sent.shape
    assert torch.equal(got, sent)


def test_nested_plain_values_arrive_equal_and_of_the_same_types():
    sent = {"a": [1, (2.5, None, True)], 3: "ä\n", "empty": [(), [], {}], "big": -(2**63) + 1}
    got = decode(encode(sent))
    assert got == sent and type(got["a"][1]) is tuple and got["a"][1][2] is True


def test_infinities_and_signed_zero_arrive_and_nan_stays_nan():
    got = decode(encode([math.inf, -math.inf, -0.0, math.nan]))
    assert got[:2] == [math.inf, -math.inf] and math.copysign(1, got[2]) == -1 and math.isnan(got[3])


def test_views_parameters_and_arrays_arrive_as_their_numbers():
    base = torch.arange(6.0).reshape(2, 3)
    assert torch.equal(decode(encode(base.T)), base.T)
    assert type(decode(encode(torch.nn.Parameter(base)))) is torch.Tensor
    array = decode(encode(np.arange(4, dtype=np.int16)))
    assert type(array) is np.ndarray and array.dtype == np.int16 and array.tolist() == [0, 1, 2, 3]
    assert decode(encode(np.float64(0.5))) == 0.5


class Liar(float):
    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (object(), "object"),
        (Liar(2.0), "Liar"),
        (lambda: 0, "function"),
        (2**70, "int"),
        (torch.zeros(2, dtype=torch.complex64), "Tensor"),
        (torch.zeros(2).to_sparse(), "Tensor"),
        (torch.zeros(2, device="meta"), "Tensor"),
        (np.array(["a"], dtype=object), "ndarray"),
        (b"raw", "bytes"),
    ],
    ids=["object", "a float's heir", "function", "int", "complex", "sparse", "meta", "objects", "bytes"],
)
def test_what_has_no_plain_form_arrives_as_the_name_of_its_type(value, name):
    assert decode(encode([value])) == [Opaque(name)]


@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"abc",
        LENGTHS.pack(2**32 - 1, 0),
        LENGTHS.pack(0, 2**32 - 1),
        LENGTHS.pack(3, 0) + b"{}",
        LENGTHS.pack(0, 0),
        frame([]),
        frame({"a": 1}),
        frame(["pickle", "x"]),
        frame([["list"], 1]),
        frame(10**30),
        LENGTHS.pack(6000, 0) + b"1" * 6000,
        LENGTHS.pack(200_000, 0) + b"[" * 200_000,
        LENGTHS.pack(2, 0) + b'"\xff',
        frame(["tensor", "float32", [2]], b"1234567"),
        frame(["tensor", "float32", [1]], b"12345678"),
        frame(["tensor", "float32", [-1]], b"1234"),
        frame(["tensor", "float32", [2**62, 2**62]]),
        frame(["tensor", "float32", [True]], b"1234"),
        frame(["tensor", "object", [1]], b"12345678"),
        frame(["tensor", ["float32"], [1]], b"1234"),
        frame(["tensor", "float32", [0] * 65]),
        frame(["tensor", "bool", [2]], b"\x00\x02"),
        frame(["array", "bfloat16", [1]], b"12"),
        frame(["dict", "a"]),
        frame(["dict", ["list"], 1]),
        frame(["opaque", 3]),
        frame(["list"] * (wire.MAX_NODES + 2)),
    ],
)
def test_malformed_frames_raise_the_protocols_error(bad):
    with pytest.raises(ProtocolError):
        decode(bad)


def test_values_too_deep_too_many_or_too_large_are_refused_on_both_sides():
    deep = []
    for _ in range(wire.MAX_DEPTH + 1):
        deep = [deep]
    too_much = [deep, [0] * wire.MAX_NODES, torch.zeros(wire.MAX_BODY // 4 + 1)]
    for value in too_much:
        with pytest.raises(ProtocolError):
            encode(value)
    tree = "x"
    for _ in range(wire.MAX_DEPTH + 1):
        tree = ["list", tree]
    with pytest.raises(ProtocolError, match="deep"):
        decode(frame(tree))


def test_a_lone_surrogate_can_be_printed_after_the_wire():
    assert decode(frame("\ud800")) == "?"


SEEDS = [
    {"id": 3, "result": torch.arange(6.0).reshape(2, 3), "args": [(torch.ones(2, dtype=torch.bool), 1.5)]},
    [np.arange(3), None, "text", {"deep": [[[[-1]]]]}],
    (torch.zeros(0, 3), torch.ones(4, dtype=torch.bfloat16), Opaque),
]
TOKENS = [
    b"[",
    b"]",
    b"{",
    b"}",
    b'"',
    b",",
    b"-1",
    b"1e999",
    b"NaN",
    b"null",
    b'"tensor"',
    b'"bool"',
    b"9" * 30,
    b"\xff",
]


def mutated(frame: bytes, rng: random.Random) -> bytes:
    """The frame with one to eight bytes or tokens changed; in half of all cases its lengths are made true again."""
    data = bytearray(frame)
    for _ in range(rng.randint(1, 8)):
        at = rng.randrange(len(data) + 1)
        match rng.randrange(4):
            case 0:
                data[at : at + 1] = bytes([rng.randrange(256)])
            case 1:
                data[at : at + rng.randrange(9)] = b""
            case 2:
                data[at:at] = rng.choice(TOKENS)
            case 3:
                data[at:at] = data[at : at + rng.randrange(20)]
    if rng.random() < 0.5 and len(data) > LENGTHS.size:
        header = max(0, min(len(data) - LENGTHS.size, LENGTHS.unpack(frame[:8])[0] + rng.randint(-3, 3)))
        data[:8] = LENGTHS.pack(header, len(data) - LENGTHS.size - header)
    return bytes(data)


def survivors(n: int, seed: int) -> int:
    """How many of n mutated frames still decode; any error but the protocol's own ends the test."""
    rng, decoded = random.Random(seed), 0
    frames = [encode(value) for value in SEEDS]
    for _ in range(n):
        try:
            decode(mutated(rng.choice(frames), rng))
            decoded += 1
        except ProtocolError:
            pass
    return decoded


def test_ten_thousand_mutated_replies_raise_only_the_protocols_error():
    assert 0 < survivors(10_000, seed=1) < 10_000


@pytest.mark.slow
def test_a_million_mutated_replies_raise_only_the_protocols_error():
    assert 0 < survivors(1_000_000, seed=2) < 1_000_000


def test_the_deadline_is_for_the_whole_frame_and_not_for_each_byte():
    reader, writer = os.pipe()
    begun = time.monotonic()
    os.write(writer, LENGTHS.pack(100, 0) + b" " * 20)
    with pytest.raises(TimeoutError, match="20 of 100"):
        wire.receive(reader, begun + 0.2)
    assert 0.2 <= time.monotonic() - begun < 5
    os.close(writer)
    with pytest.raises(EOFError):
        wire.receive(reader, time.monotonic() + 1)
    os.close(reader)
