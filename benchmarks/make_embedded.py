"""Make the subset of Fashion-MNIST that coursekit embeds: `python benchmarks/make_embedded.py`.

600 training and 500 test images of each class, chosen by a permutation with seed 0 and kept in their original order,
as idx files (LeCun's format) compressed with xz. lc=4 and pb=0 suit single bytes; filters that predict a pixel from its
neighbours (delta, Paeth) made the files larger, since black backgrounds and repeated rows already compress well.
"""

import lzma

import numpy as np

from coursekit.data.sources import EMBEDDED, read_published

PER_CLASS = {"train": 600, "test": 500}
FILTERS = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "lc": 4, "lp": 0, "pb": 0}]


def choose(labels: np.ndarray, per_class: int) -> np.ndarray:
    """Sorted indices of `per_class` random examples of each class."""
    order = np.random.default_rng(0).permutation(len(labels))
    return np.sort(np.concatenate([order[labels[order] == c][:per_class] for c in range(10)]))


def idx(array: np.ndarray) -> bytes:
    """The idx file of a uint8 array: two zeros, 8 for bytes, the number of axes, the axes big-endian, the bytes."""
    return bytes([0, 0, 8, array.ndim]) + b"".join(n.to_bytes(4, "big") for n in array.shape) + array.tobytes()


def main() -> None:
    for split, stem in (("train", "train"), ("test", "t10k")):
        images, labels = read_published("fashion-mnist", split)
        chosen = choose(labels, PER_CLASS[split])
        for part, array in (("images-idx3", images[chosen, 0]), ("labels-idx1", labels[chosen].astype(np.uint8))):
            path = EMBEDDED / f"{stem}-{part}-ubyte.xz"
            path.write_bytes(lzma.compress(idx(array), lzma.FORMAT_XZ, filters=FILTERS))
            print(f"{path.name}: {array.nbytes:,} bytes in {path.stat().st_size:,}")


if __name__ == "__main__":
    main()
