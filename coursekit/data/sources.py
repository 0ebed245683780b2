"""Where the published data sets come from: a local copy, a verified download, or what the package embeds.

A folder holds them in torchvision's own layout. `COURSEKIT_DATA` names one; the cache folder of the user is another,
and downloads go there.
"""

import errno
import gzip
import lzma
import os
import shutil
import socket
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path

import numpy as np

Arrays = tuple[np.ndarray, np.ndarray]  # uint8 images (N, C, H, W), int64 labels (N,)

EMBEDDED = Path(__file__).parent / "embedded"
CONNECTION_LIMIT = 10  # seconds without an answer before a mirror counts as unreachable
DIGITS = tuple("0123456789")
GARMENTS = ("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot")
OBJECTS = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")
_failed: dict[str, str] = {}  # a download that failed is not tried again in this process


class NotHere(FileNotFoundError):
    """No copy of a data set can be had on this machine; the text says why."""


def read_idx(path: Path) -> np.ndarray:
    """The uint8 array of an idx file (LeCun's format), plain, .gz or .xz.

    Raises ValueError, naming the file, where it is truncated, damaged, or not an idx file of bytes.
    """
    cure = f"put a whole copy in its place, or delete the folder {path.parent} and load again"
    opener = {".gz": gzip.open, ".xz": lzma.open}.get(path.suffix, open)
    try:
        with opener(path, "rb") as file:
            content = file.read()
    except (EOFError, gzip.BadGzipFile, lzma.LZMAError, zlib.error) as error:
        raise ValueError(f"{path} is damaged ({error}): {cure}") from error
    n_axes = content[3] if content[:3] == b"\x00\x00\x08" else 0  # two zeros, 8 for unsigned bytes, number of axes
    if not n_axes or len(content) < 4 + 4 * n_axes:
        raise ValueError(f"{path} starts with {content[:4].hex(' ')!r}, which no idx file of bytes does: {cure}")
    shape = tuple(int.from_bytes(content[4 + 4 * i : 8 + 4 * i], "big") for i in range(n_axes))
    needed = 4 + 4 * n_axes + int(np.prod(shape, dtype=np.int64))
    if len(content) != needed:
        raise ValueError(f"{path} has {len(content):,} bytes, its header promises {needed:,}: {cure}")
    return np.frombuffer(content, np.uint8, offset=4 + 4 * n_axes).reshape(shape)


def read_idx_pair(folder: Path, split: str) -> Arrays:
    """Images (N, 1, H, W) and labels (N,) of one split from a folder with the four files of MNIST or Fashion-MNIST."""
    stem = "train" if split == "train" else "t10k"
    images_file, labels_file = (find(folder, f"{stem}-{part}-ubyte") for part in ("images-idx3", "labels-idx1"))
    images, labels = read_idx(images_file), read_idx(labels_file)
    if images.ndim != 3 or labels.shape != images.shape[:1]:
        raise ValueError(
            f"{images_file} is {images.shape} and {labels_file} {labels.shape}, needed are (N, H, W) "
            "and (N,): the two do not belong together, put whole copies in their place"
        )
    return images[:, None], labels.astype(np.int64)


def find(folder: Path, name: str) -> Path:
    """The file `name` in `folder`, plain or compressed; FileNotFoundError where there is none."""
    for path in (folder / name, folder / f"{name}.gz", folder / f"{name}.xz"):
        if path.is_file():
            return path
    raise FileNotFoundError(f"{folder} has no file {name} (nor .gz): add it, or delete the folder and load again")


def read_cifar10(folder: Path, split: str) -> Arrays:
    """CIFAR-10 images (N, 3, 32, 32) and labels; each file's published hash is checked before it is unpickled."""
    from torchvision.datasets import CIFAR10
    from torchvision.datasets.utils import check_integrity

    for file, md5 in CIFAR10.train_list + CIFAR10.test_list + [(CIFAR10.meta["filename"], CIFAR10.meta["md5"])]:
        if not check_integrity(folder / file, md5):
            state = "is truncated or was changed" if (folder / file).exists() else "is missing"
            raise ValueError(f"{folder / file} {state}: delete the folder {folder} and load again")
    data = CIFAR10(folder.parent, train=split == "train")
    return np.ascontiguousarray(data.data.transpose(0, 3, 1, 2)), np.asarray(data.targets, np.int64)


@dataclass(frozen=True)
class Published:
    """A data set that torchvision can download: `folder` below a root, `megabytes` needed to fetch and unpack it."""

    torchvision_name: str
    folder: str
    size: int  # pixels
    megabytes: int
    classes: tuple[str, ...]
    read: Callable[[Path, str], Arrays]


PUBLISHED = {
    "mnist": Published("MNIST", "MNIST/raw", 28, 70, DIGITS, read_idx_pair),
    "fashion-mnist": Published("FashionMNIST", "FashionMNIST/raw", 28, 90, GARMENTS, read_idx_pair),
    "cifar10": Published("CIFAR10", "cifar-10-batches-py", 32, 360, OBJECTS, read_cifar10),
}


def cache_folder() -> Path:
    """The user's folder for downloads: below XDG_CACHE_HOME, on Windows LOCALAPPDATA, else ~/.cache."""
    parent = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or Path.home() / ".cache"
    return Path(parent) / "coursekit"


def read_published(name: str, split: str) -> Arrays:
    """One split of a published data set: from `COURSEKIT_DATA`, else the cache folder, else downloaded into it.

    Raises NotHere where none of these has it, ValueError or FileNotFoundError where a local copy is not whole, and
    OSError where the disk is full.
    """
    data_set = PUBLISHED[name]
    given = os.environ.get("COURSEKIT_DATA")
    for root in ([Path(given).expanduser()] if given else []) + [cache_folder()]:
        if (root / data_set.folder).is_dir():
            return data_set.read(root / data_set.folder, split)
    download(name)
    return data_set.read(cache_folder() / data_set.folder, split)


def download(name: str) -> None:
    """Fetch a data set into the cache folder, whole or not at all."""
    if os.environ.get("COURSEKIT_OFFLINE", "0") not in ("", "0"):
        raise NotHere(f"{name} is not on this machine and COURSEKIT_OFFLINE forbids a download")
    if name in _failed:
        raise NotHere(_failed[name])
    cache = cache_folder()
    print(f"downloading {name}, which takes {PUBLISHED[name].megabytes} MB of disk, into {cache}", file=sys.stderr)
    try:
        fetch(PUBLISHED[name], cache)
    except (OSError, RuntimeError, HTTPException) as error:
        if isinstance(error, OSError) and error.errno == errno.ENOSPC:
            raise full_disk(name, cache) from error
        reason = (str(error).strip() or type(error).__name__).splitlines()[-1]
        _failed[name] = f"{name} is not on this machine and its download failed ({reason})"
        raise NotHere(_failed[name]) from error


def fetch(data_set: Published, cache: Path) -> None:
    """Let torchvision download and verify into a temporary sibling, then move the whole folder to its place."""
    import torchvision

    cache.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(cache).free < data_set.megabytes * 10**6:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    with connection_limit(CONNECTION_LIMIT), tempfile.TemporaryDirectory(dir=cache, prefix=".half-") as half:
        getattr(torchvision.datasets, data_set.torchvision_name)(half, download=True)
        target = cache / data_set.folder
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.replace(Path(half) / data_set.folder, target)
        except OSError:
            if not target.is_dir():  # where it is one, another process was faster and its copy is as good
                raise


def full_disk(name: str, cache: Path) -> OSError:
    """The error for a disk without room for `name`."""
    free = shutil.disk_usage(cache).free / 1e6
    return OSError(
        errno.ENOSPC,
        f"the disk of {cache} has {free:,.0f} MB free, {name} needs {PUBLISHED[name].megabytes}; nothing half-written "
        "was left. Free some, point XDG_CACHE_HOME to another disk, or set COURSEKIT_OFFLINE=1 to use the fallback",
    )


@contextmanager
def connection_limit(seconds: float) -> Iterator[None]:
    """Give up on connections that stay silent for `seconds`, while the block runs."""
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(seconds)
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)


def read_digits(split: str) -> Arrays:
    """Scikit-learn's digits (N, 1, 8, 8): 1,000 to train and 797 to test, split by a permutation with seed 0."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    order = np.random.default_rng(0).permutation(len(digits.target))
    chosen = order[:1000] if split == "train" else order[1000:]
    images = np.rint(digits.images[chosen] * (255 / 16)).astype(np.uint8)  # ink is counted 0 to 16
    return images[:, None], digits.target[chosen].astype(np.int64)
