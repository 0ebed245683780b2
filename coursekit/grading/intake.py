"""Reads what students handed in as text, never running or parsing it: sources, notebooks and zips.

Only plain files of a sensible size are read: no symlink, device, FIFO or hard link, whatever its name says.
"""

import codecs
import functools
import io
import json
import operator
import os
import re
import stat
import tokenize
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import Path

MAX_SOURCE = 1 << 20  # bytes of a .py
MAX_NOTEBOOK = 10 << 20  # bytes: stored pictures included
MAX_ZIP_FILES, MAX_ZIP_BYTES = 10_000, 500 << 20
ENCODINGS = ("utf-8", "utf-8-sig", "ascii", "iso-8859-1", "iso-8859-15", "cp1252")

FLAGS = ("O_RDONLY", "O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_NOCTTY", "O_BINARY")  # no system has all of them
READ_ONLY = functools.reduce(operator.or_, (getattr(os, name, 0) for name in FLAGS))

MAGIC = re.compile(r"[%!]|.*\?{1,2}\s*$|\?")  # of a stripped line: %time, !pip, x?, ?x
ASSIGNED = re.compile(r"([A-Za-z_][\w, ]*=)\s*[!%]")  # files = !ls
BODY_COUNTS = ("%%time", "%%timeit", "%%capture", "%%prun")  # of other cell magics (%%bash) the body is not Python


class Refused(ValueError):
    """A file that is not read; the text says why, for the student."""


@dataclass(frozen=True)
class Submission:
    """What will be executed: pairs (source, the same without magics). `refused` says why there is nothing, or is ""."""

    name: str
    cells: list[list[str]] = field(default_factory=list)
    is_notebook: bool = False
    refused: str = ""


def read_submission(path: Path, name: str = "") -> Submission:
    """The submission in a .py or .ipynb file; one that cannot be read has `refused` set."""
    name = name or path.stem
    is_notebook = path.suffix == ".ipynb"
    try:
        raw = read_plain_file(path, MAX_NOTEBOOK if is_notebook else MAX_SOURCE)
        cells = notebook_cells(raw) if is_notebook else [[decoded(raw), ""]]
        return Submission(name, cells, is_notebook)
    except Refused as refusal:
        return Submission(name, is_notebook=is_notebook, refused=str(refusal))


def read_plain_file(path: Path, limit: int) -> bytes:
    """Bytes of a regular file with one name, of at most `limit` bytes; Refused otherwise."""
    try:
        fd = os.open(path, READ_ONLY)
    except OSError as error:
        raise Refused(f"the file cannot be read ({error.strerror})") from None
    try:
        found = os.fstat(fd)
        if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
            raise Refused("only a plain file is read: no link, device, pipe or folder")
        if found.st_size > limit:
            raise Refused(f"the file has {found.st_size:,} bytes, at most {limit:,} are read")
        with open(fd, "rb", closefd=False) as file:
            data = file.read(limit + 1)
    finally:
        os.close(fd)
    if len(data) > limit:
        raise Refused(f"the file grew beyond {limit:,} bytes")
    return data


def decoded(raw: bytes) -> str:
    """Text of a Python file by its byte order mark or coding line, UTF-8 by default; line ends become newlines."""
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(raw).readline)
        if codecs.lookup(encoding).name not in {codecs.lookup(known).name for known in ENCODINGS}:
            raise Refused(f"the encoding {encoding[:40]!r} is not read: save the file as UTF-8")
        text = raw.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        raise Refused("the file is not text in UTF-8: is it a Python file?") from None
    return text.replace("\r\n", "\n").replace("\r", "\n")


def notebook_cells(raw: bytes) -> list[list[str]]:
    """Code cells of a notebook as pairs (source, source without magics); Refused if it is not a notebook."""
    try:
        notebook = json.loads(raw.decode("utf-8-sig"))
        cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
        sources = ["".join(cell["source"]) for cell in cells]
    except (ValueError, RecursionError, KeyError, TypeError):
        raise Refused("the file is not a notebook: does Jupyter still open it?") from None
    printable = [source.encode("utf-8", "replace").decode() for source in sources]
    if sum(map(len, printable)) > MAX_SOURCE // 2:
        raise Refused(f"the notebook's code has over {MAX_SOURCE // 2:,} characters")
    return [[source, without_magics(source)] for source in printable]


def without_magics(cell: str) -> str:
    """The cell with magics, shell lines and help marks replaced by `pass`, so that the rest of it is Python."""
    lines = cell.splitlines()
    first = next((at for at, line in enumerate(lines) if line.strip()), 0)
    if lines and lines[first].lstrip().startswith("%%"):
        if not lines[first].split()[0].startswith(BODY_COUNTS):
            return ""
        lines[first] = ""
    return "\n".join(map(_plain_line, lines))


def _plain_line(line: str) -> str:
    code = line.lstrip()
    indent = line[: len(line) - len(code)]
    if assigned := ASSIGNED.match(code):
        return f"{indent}{assigned[1]} None"
    return f"{indent}pass" if MAGIC.match(code[:2000]) and not code.startswith("#") else line


def unpack(archive: Path, into: Path) -> int:
    """Writes the .py and .ipynb files of a zip below a folder, and how many; Refused if it is a trap.

    No name leaves the folder, links are written as nothing, and sizes are counted as they are read: a zip may lie.
    """
    written, size = 0, 0
    try:
        with zipfile.ZipFile(archive) as zipped:
            entries = [entry for entry in zipped.infolist() if not entry.is_dir()]
            if len(entries) > MAX_ZIP_FILES:
                raise Refused(f"the zip holds {len(entries):,} files, at most {MAX_ZIP_FILES:,} are unpacked")
            for entry in filter(_is_source, entries):
                with zipped.open(entry) as file:
                    data = file.read(MAX_NOTEBOOK + 1)
                size += len(data)
                if len(data) > MAX_NOTEBOOK or size > MAX_ZIP_BYTES:
                    raise Refused(f"at {entry.filename[:100]!r} the zip unpacks to too much")
                written += _write_new(into.joinpath(*_parts(entry)), data)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as error:
        raise Refused(f"the zip cannot be read: {error}") from None
    return written


def _parts(entry: zipfile.ZipInfo) -> list[str]:
    return entry.filename.replace("\\", "/").split("/")


def _is_source(entry: zipfile.ZipInfo) -> bool:
    parts = _parts(entry)
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    return not is_link and parts[-1].endswith((".py", ".ipynb")) and not {"", ".", ".."} & set(parts)


def _write_new(target: Path, data: bytes) -> bool:
    """Writes a file unless there is one already: a zip may hold a name twice, and the first counts."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        with open(target, "xb") as out:
            out.write(data)
    except OSError:  # the name exists, is too long, or is a folder
        return False
    return True
