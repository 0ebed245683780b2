"""Plain data between the grader and a student's process: a JSON tree and raw tensor bytes, never pickle.

A frame is two little-endian 32-bit lengths (header, body), the header (JSON), the body (the bytes of all tensors, in
the order of the tree). In the tree a scalar is itself; everything else is a list that starts with its tag:
["list", item...], ["tuple", item...], ["dict", key, value...], ["tensor", dtype, shape], ["array", dtype, shape] and
["opaque", type name] for whatever has no plain form. Everything that arrives is checked before it is built; what breaks
a rule is a ProtocolError, whatever the sender wrote.
"""

import contextlib
import json
import math
import os
import select
import struct
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

MAX_HEADER = 1 << 20  # bytes
MAX_BODY = 1 << 26  # 64 MiB: sixteen times the largest net of the exercises
MAX_DEPTH = 32
MAX_NODES = 20_000
MAX_TEXT = 100_000  # characters of one string
MAX_DIMS = 16
TICK = 0.1  # s
LENGTHS = struct.Struct("<II")

_FLOATS = (torch.float16, torch.bfloat16, torch.float32, torch.float64)
_WHOLE = (torch.uint8, torch.int8, torch.int16, torch.int32, torch.int64, torch.bool)
DTYPES = {str(dtype).removeprefix("torch."): dtype for dtype in (*_FLOATS, *_WHOLE)}


class ProtocolError(ValueError):
    """What arrived is not a frame of this protocol, or is larger than it allows."""


@dataclass(frozen=True)
class Opaque:
    """Stands for a value that has no plain form: only the name of its type crosses the wire."""

    name: str


def encode(value: object) -> bytes:
    """The frame of a value; ProtocolError if it is too large, too deep or has too many parts."""
    body: list[bytes] = []
    header = json.dumps(_plain(value, body, 0, [MAX_NODES])).encode()
    size = sum(map(len, body))
    if len(header) > MAX_HEADER or size > MAX_BODY:
        raise ProtocolError(f"{len(header)} + {size} bytes are too many: at most {MAX_HEADER} + {MAX_BODY}")
    return b"".join((LENGTHS.pack(len(header), size), header, *body))


def _plain(value: object, body: list[bytes], depth: int, left: list[int]) -> object:
    left[0] -= 1
    if depth > MAX_DEPTH or left[0] < 0:
        raise ProtocolError(f"the value is nested over {MAX_DEPTH} deep or has over {MAX_NODES} parts")
    kind = type(value)
    if value is None or kind in (bool, float) or (kind is int and abs(value) < 1 << 63):
        return value
    if kind is str:
        return value[:MAX_TEXT]
    if isinstance(value, np.generic) and value.dtype.kind in "bif" and value.dtype.itemsize <= 8:
        return value.item()
    if kind in (list, tuple):
        return [kind.__name__, *(_plain(item, body, depth + 1, left) for item in value)]
    if isinstance(value, dict):  # an OrderedDict too, which is what state_dict() returns
        return ["dict", *(_plain(part, body, depth + 1, left) for pair in value.items() for part in pair)]
    numbers = _numbers(value)
    if numbers is None:
        return ["opaque", kind.__name__[:100]]
    if numbers.numel() * numbers.itemsize + sum(map(len, body)) > MAX_BODY:
        raise ProtocolError(f"the tensors have over {MAX_BODY} bytes")  # before an expanded one is written out
    body.append(numbers.contiguous().reshape(-1).view(torch.uint8).numpy().tobytes())
    tag = "tensor" if isinstance(value, Tensor) else "array"
    return [tag, str(numbers.dtype).removeprefix("torch."), list(numbers.shape)]


def _numbers(value: object) -> Tensor | None:
    """A dense tensor on the CPU with the value's numbers; None for anything but tensors and arrays."""
    if isinstance(value, np.ndarray) and str(value.dtype) in DTYPES and value.dtype.isnative:
        return torch.from_numpy(np.array(value))
    if not isinstance(value, Tensor) or value.layout != torch.strided or value.dtype not in DTYPES.values():
        return None
    return None if value.device.type == "meta" else value.detach().cpu().resolve_neg()


def decode(frame: bytes | bytearray) -> object:
    """The value of a whole frame: fresh objects of exact types, tensors on the CPU; or ProtocolError."""
    if len(frame) < LENGTHS.size:
        raise ProtocolError(f"a frame has at least {LENGTHS.size} bytes, this one has {len(frame)}")
    header, body = checked_lengths(frame[: LENGTHS.size])
    if len(frame) != LENGTHS.size + header + body:
        raise ProtocolError(f"the frame announces {header} + {body} bytes and holds {len(frame) - LENGTHS.size}")
    return _decoded(frame[LENGTHS.size : LENGTHS.size + header], frame[LENGTHS.size + header :])


def checked_lengths(start: bytes | bytearray) -> tuple[int, int]:
    """Lengths of header and body in bytes, each within its cap."""
    header, body = LENGTHS.unpack(start)
    if header > MAX_HEADER or body > MAX_BODY:
        raise ProtocolError(f"{header} + {body} bytes announced: at most {MAX_HEADER} + {MAX_BODY} are read")
    return header, body


def _decoded(header: bytes | bytearray, body: bytes | bytearray) -> object:
    try:
        tree = json.loads(bytes(header).decode("utf-8"))
    except (ValueError, RecursionError) as error:  # bad UTF-8, bad JSON, a number of 5,000 digits, too deep
        raise ProtocolError(f"the header is not JSON: {type(error).__name__}") from None
    reader = _Reader(memoryview(bytearray(body)))
    value = reader.built(tree, 0)
    if reader.at != len(reader.body):
        raise ProtocolError(f"{len(reader.body) - reader.at} bytes of the body belong to no tensor")
    return value


class _Reader:
    """Builds the value of a tree; `at` is the first byte of the body that no tensor has taken yet."""

    def __init__(self, body: memoryview):
        self.body, self.at, self.nodes = body, 0, 0

    def built(self, tree: object, depth: int) -> object:
        self.nodes += 1
        if depth > MAX_DEPTH or self.nodes > MAX_NODES:
            raise ProtocolError(f"the value is nested over {MAX_DEPTH} deep or has over {MAX_NODES} parts")
        if isinstance(tree, str):
            return _text(tree)
        if tree is None or isinstance(tree, bool | float) or (isinstance(tree, int) and abs(tree) < 1 << 63):
            return tree
        if not isinstance(tree, list) or not tree:
            raise ProtocolError(f"{type(tree).__name__} is no node of the tree")
        tag, *rest = tree
        if tag in ("tensor", "array"):
            return self.numbers(tag, rest)
        if tag == "opaque" and len(rest) == 1 and isinstance(rest[0], str):
            return Opaque(_text(rest[0])[:100])
        items = [self.built(item, depth + 1) for item in rest]
        if tag == "list":
            return items
        if tag == "tuple":
            return tuple(items)
        if tag == "dict":
            return _dict(items)
        raise ProtocolError("an unknown tag")

    def numbers(self, tag: str, rest: list) -> Tensor | np.ndarray:
        """The next tensor of the body, copied out of it."""
        if len(rest) != 2 or not isinstance(rest[0], str) or rest[0] not in DTYPES or not _is_shape(rest[1]):
            raise ProtocolError(f"a {tag} needs one of the dtypes {', '.join(DTYPES)} and a shape")
        dtype, shape = DTYPES[rest[0]], rest[1]
        size = math.prod(shape) * dtype.itemsize
        if size > len(self.body) - self.at:
            raise ProtocolError(f"a {tag} of {size} bytes is longer than the rest of the body")
        raw = self.body[self.at : self.at + size]
        self.at += size
        if dtype == torch.bool and bytes(raw).strip(b"\0\1"):
            raise ProtocolError("a truth value is a byte 0 or 1")  # torch may do anything with others
        value = torch.frombuffer(raw, dtype=dtype).clone() if size else torch.empty(0, dtype=dtype)
        value = value.reshape(shape)
        if tag == "tensor":
            return value
        if dtype == torch.bfloat16:
            raise ProtocolError("numpy has no bfloat16")
        return value.numpy()


def _text(text: str) -> str:
    """The string, shortened, with lone surrogates replaced: those cannot be printed or written to a file."""
    return text[:MAX_TEXT].encode("utf-8", "replace").decode("utf-8")


def _is_shape(shape: object) -> bool:
    sizes = isinstance(shape, list) and len(shape) <= MAX_DIMS
    return sizes and all(type(n) is int and 0 <= n <= MAX_BODY for n in shape)


def _dict(items: list) -> dict:
    keys, values = items[::2], items[1::2]
    if len(keys) != len(values) or not all(isinstance(key, str | int | float | None) for key in keys):
        raise ProtocolError("a dict needs pairs of a scalar key and a value")
    return dict(zip(keys, values, strict=True))


def nothing() -> None:
    """What is done meanwhile, by default."""


def read_exactly(fd: int, size: int, deadline: float, meanwhile: Callable[[], None] = nothing) -> bytearray:
    """Reads `size` bytes from a descriptor until `time.monotonic()` passes `deadline`, which is for all of them.

    `meanwhile` is called every TICK seconds of waiting and may raise. TimeoutError at the deadline, EOFError if the
    other side closes first.
    """
    data = bytearray()
    while len(data) < size:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"{len(data)} of {size} bytes came in time")
        if select.select([fd], [], [], min(left, TICK))[0]:
            part = os.read(fd, min(size - len(data), 1 << 20))
            if not part:
                raise EOFError(f"closed after {len(data)} of {size} bytes")
            data += part
        else:
            meanwhile()
    return data


def receive(fd: int, deadline: float = math.inf, meanwhile: Callable[[], None] = nothing) -> object:
    """The value of the next frame from a descriptor; see `read_exactly` for the other arguments."""
    header, body = checked_lengths(read_exactly(fd, LENGTHS.size, deadline, meanwhile))
    return _decoded(read_exactly(fd, header, deadline, meanwhile), read_exactly(fd, body, deadline, meanwhile))


def send(fd: int, frame: bytes, deadline: float = math.inf) -> None:
    """Writes a frame; TimeoutError if not all of it is taken by the deadline."""
    rest = memoryview(frame)
    while rest:
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError(f"{len(rest)} of {len(frame)} bytes were not taken in time")
        if select.select([], [fd], [], min(left, TICK))[1]:
            with contextlib.suppress(BlockingIOError):
                rest = rest[os.write(fd, rest[: 1 << 16]) :]
