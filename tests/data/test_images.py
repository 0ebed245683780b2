"""load_images: order of the sources, the fallbacks, one's own pictures, and what each fault is told."""

import errno
import gzip
import hashlib
import os
import pickle
import socket
import time
from pathlib import Path

import numpy as np
import pytest
import torch
import torchvision
from PIL import Image
from torch.nn.functional import interpolate

from coursekit.data import sources
from coursekit.data.images import Images, load_images, to_float, to_uint8
from coursekit.data.pictures import resize

FILES = {
    "train": ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
    "test": ("t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"),
}


@pytest.fixture(autouse=True)
def bare_machine(tmp_path, monkeypatch):
    """No local data, an empty cache, no network, and no memory of earlier failures."""
    monkeypatch.delenv("COURSEKIT_DATA", raising=False)
    monkeypatch.delenv("LOCALAPPDATA", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("COURSEKIT_OFFLINE", "1")
    monkeypatch.setenv("COURSEKIT_DEVICE", "cpu")
    monkeypatch.setattr(sources, "_failed", {})


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "cache" / "coursekit"


def idx(array: np.ndarray) -> bytes:
    return bytes([0, 0, 8, array.ndim]) + np.array(array.shape, ">i4").tobytes() + array.tobytes()


def write_set(root: Path, n: int = 5, folder: str = "MNIST/raw") -> np.ndarray:
    """A data set in torchvision's layout: train images of values 0, 1, 2.. and test images of 100, 101, ..."""
    (root / folder).mkdir(parents=True)
    images = np.arange(n, dtype=np.uint8)[:, None, None].repeat(28, 1).repeat(28, 2)
    for split, first in (("train", 0), ("test", 100)):
        images_file, labels_file = FILES[split]
        (root / folder / images_file).write_bytes(idx(images + np.uint8(first)))
        (root / folder / labels_file).write_bytes(idx(np.arange(n, dtype=np.uint8)[::-1].copy()))
    return images


def paint(path: Path, shape: tuple[int, ...], value: int = 9) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(np.full(shape, value, np.uint8)).save(path)


# pixels


def test_bytes_survive_the_way_to_floats_and_back():
    every = torch.arange(256, dtype=torch.uint8)
    assert torch.equal(to_uint8(to_float(every)), every)
    assert to_float(every).min() == -1 and to_float(every).max() == 1


def test_floats_outside_the_range_are_clipped_and_others_rounded_to_the_nearest():
    assert to_uint8(torch.tensor([-3.0, 3.0, 0.001, -0.001])).tolist() == [0, 255, 128, 127]


def test_a_second_conversion_is_refused():
    with pytest.raises(TypeError, match="needs uint8"):
        to_float(torch.zeros(3))
    with pytest.raises(TypeError, match="needs floats"):
        to_uint8(torch.zeros(3, dtype=torch.uint8))


def test_resizing_is_the_antialiased_mean_of_the_central_square():
    wide = torch.zeros(1, 1, 4, 8, dtype=torch.uint8)
    wide[..., 2:6] = torch.tensor([0, 100, 100, 200], dtype=torch.uint8)
    wide[..., [0, 7]] = 255  # outside the square, must not be seen
    assert resize(wide, 4)[0, 0].tolist() == [[0, 100, 100, 200]] * 4
    assert torch.equal(resize(wide.mT, 4), resize(wide, 4).mT)
    bars = torch.tensor([0, 200, 200, 0, 0, 200, 200, 0], dtype=torch.uint8).expand(1, 1, 8, 8)
    # triangle of 4 pixels to each side: (.875 + .875 + .125) / 3.5 of 200; without antialiasing only bright ones count
    assert resize(bars, 2)[0, 0, 0].tolist() == [107, 107]


# a local copy


@pytest.mark.parametrize("compressed", [False, True])
def test_a_local_copy_is_read_in_torchvisions_layout(tmp_path, monkeypatch, compressed):
    images = write_set(tmp_path / "data")
    if compressed:
        for file in list((tmp_path / "data/MNIST/raw").iterdir()):
            file.with_name(file.name + ".gz").write_bytes(gzip.compress(file.read_bytes()))
            file.unlink()
    monkeypatch.setenv("COURSEKIT_DATA", str(tmp_path / "data"))
    train, test = load_images("mnist"), load_images("mnist", split="test")
    assert train.name == test.name == "mnist" and len(train) == 5 and train.images.dtype == torch.uint8
    assert np.array_equal(train.images.numpy(), images[:, None])
    assert np.array_equal(test.images.numpy(), images[:, None] + 100)
    assert train.labels.tolist() == [4, 3, 2, 1, 0] and train.labels.dtype == torch.int64
    assert train.classes == tuple("0123456789")


def test_torchvision_reads_the_same_arrays_from_our_layout(tmp_path, monkeypatch):
    write_set(tmp_path)
    monkeypatch.setenv("COURSEKIT_DATA", str(tmp_path))
    theirs, ours = torchvision.datasets.MNIST(tmp_path, train=False), load_images("mnist", "test")
    assert torch.equal(theirs.data, ours.images[:, 0]) and torch.equal(theirs.targets, ours.labels)


def test_the_cache_folder_serves_what_the_local_folder_lacks(tmp_path, monkeypatch, cache):
    write_set(tmp_path / "data", 3)
    write_set(cache, 4, "FashionMNIST/raw")
    monkeypatch.setenv("COURSEKIT_DATA", str(tmp_path / "data"))
    assert len(load_images("mnist")) == 3
    fashion = load_images("fashion-mnist")
    assert len(fashion) == 4 and fashion.name == "fashion-mnist" and fashion.classes[9] == "Ankle boot"


def test_a_local_copy_is_taken_before_the_cache(tmp_path, monkeypatch, cache):
    write_set(tmp_path / "data", 3)
    write_set(cache, 4)
    monkeypatch.setenv("COURSEKIT_DATA", str(tmp_path / "data"))
    assert len(load_images("mnist")) == 3


def test_the_cache_folder_follows_the_system(monkeypatch, tmp_path):
    monkeypatch.delenv("XDG_CACHE_HOME")
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path))
    assert sources.cache_folder() == tmp_path / "coursekit"
    monkeypatch.delenv("LOCALAPPDATA")
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert sources.cache_folder() == tmp_path / ".cache" / "coursekit"


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda b: b[:-1], r"3,935 bytes, its header promises 3,936"),
        (lambda b: b + b"x", r"3,937 bytes, its header promises 3,936"),
        (lambda b: b"\x89PNG" + b[4:], "starts with '89 50 4e 47'"),
        (lambda b: b"", "no idx file"),
        (lambda b: b[:9], "no idx file"),
        (lambda b: b"\x00\x00\x0d\x03" + b[4:], "starts with '00 00 0d 03'"),  # floats
    ],
)
def test_a_spoiled_file_is_named_with_its_cure(tmp_path, monkeypatch, spoil, message):
    write_set(tmp_path)
    file = tmp_path / "MNIST/raw/train-images-idx3-ubyte"
    file.write_bytes(spoil(file.read_bytes()))
    monkeypatch.setenv("COURSEKIT_DATA", str(tmp_path))
    with pytest.raises(ValueError, match=message) as caught:
        load_images("mnist")
    assert str(file) in str(caught.value) and "load again" in str(caught.value)


@pytest.mark.parametrize("spoil", [lambda b: b[:-40], lambda b: b"not gzip at all", lambda b: b[:60] + b"\xff" * 30])
def test_a_spoiled_archive_is_named(tmp_path, monkeypatch, spoil):
    write_set(tmp_path)
    file = tmp_path / "MNIST/raw/train-images-idx3-ubyte"
    noise = np.random.default_rng(0).integers(0, 256, (5, 28, 28), dtype=np.uint8)
    file.with_name(file.name + ".gz").write_bytes(spoil(gzip.compress(idx(noise))))
    file.unlink()
    monkeypatch.setenv("COURSEKIT_DATA", str(tmp_path))
    with pytest.raises(ValueError, match="idx3-ubyte.gz is damaged"):
        load_images("mnist")


def test_labels_of_another_file_are_refused(tmp_path, monkeypatch):
    write_set(tmp_path)
    (tmp_path / "MNIST/raw/train-labels-idx1-ubyte").write_bytes(idx(np.zeros(4, np.uint8)))
    monkeypatch.setenv("COURSEKIT_DATA", str(tmp_path))
    with pytest.raises(ValueError, match=r"\(4,\).*do not belong together"):
        load_images("mnist")


def test_a_missing_file_of_a_local_copy_is_named(tmp_path, monkeypatch):
    write_set(tmp_path)
    (tmp_path / "MNIST/raw/train-labels-idx1-ubyte").unlink()
    monkeypatch.setenv("COURSEKIT_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match="has no file train-labels-idx1-ubyte"):
        load_images("mnist")


def test_a_changed_cifar_file_is_never_unpickled(tmp_path, monkeypatch):
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    (folder / "data_batch_1").write_bytes(b"cos\nsystem\n(S'exit 1'\ntR.")
    monkeypatch.setenv("COURSEKIT_DATA", str(tmp_path))
    with pytest.raises(ValueError, match="data_batch_1 is truncated or was changed"):
        load_images("cifar10")


def test_cifar_is_read_channels_first_with_its_labels(tmp_path, monkeypatch):
    folder = tmp_path / "cifar-10-batches-py"
    folder.mkdir()
    red_then_blue = np.repeat(np.array([[255, 0, 9], [0, 0, 255]], np.uint8), 1024, 1)  # the file's rows are planes

    def write(name, content):
        (folder / name).write_bytes(pickle.dumps(content))
        return [name, hashlib.md5((folder / name).read_bytes()).hexdigest()]

    cifar = torchvision.datasets.CIFAR10
    monkeypatch.setattr(cifar, "train_list", [write("data_batch_1", {"data": red_then_blue, "labels": [3, 7]})])
    monkeypatch.setattr(cifar, "test_list", [write("test_batch", {"data": red_then_blue[:1], "labels": [5]})])
    name, md5 = write("batches.meta", {"label_names": list("abcdefghij")})
    monkeypatch.setattr(cifar, "meta", {"filename": name, "key": "label_names", "md5": md5})
    monkeypatch.setenv("COURSEKIT_DATA", str(tmp_path))
    train, test = load_images("cifar10"), load_images("cifar10", "test")
    assert train.images.shape == (2, 3, 32, 32) and train.images[0, :, 5, 6].tolist() == [255, 0, 9]
    assert train.labels.tolist() == [3, 7] and test.labels.tolist() == [5] and train.classes[5] == "dog"


# fallbacks


def test_without_mnist_the_digits_come_in_its_shape_with_one_line(capsys):
    train, test = load_images("mnist"), load_images("mnist", split="test")
    lines = capsys.readouterr().out.splitlines()
    assert train.images.shape == (1000, 1, 28, 28) and test.images.shape == (797, 1, 28, 28)
    assert train.name == "digits"
    assert len(lines) == 2 and "COURSEKIT_OFFLINE" in lines[0] and "loaded digits instead, 1,000 train" in lines[0]


def test_without_fashion_mnist_the_embedded_subset_comes_balanced(capsys):
    for split, each in (("train", 600), ("test", 500)):
        images = load_images("fashion-mnist", split)
        assert images.name == "fashion-mnist-embedded" and images.images.shape == (10 * each, 1, 28, 28)
        assert images.labels.bincount().tolist() == [each] * 10
    assert capsys.readouterr().out.count("fashion-mnist-embedded instead") == 2


def test_the_embedded_files_take_less_than_5_mb_and_load_within_1_5_seconds():
    assert sum(x.stat().st_size for x in sources.EMBEDDED.iterdir()) < 5e6
    start = time.process_time()
    load_images("fashion-mnist-embedded")
    load_images("fashion-mnist-embedded", "test")
    assert time.process_time() - start < 1.5


def test_an_absence_is_an_error_where_no_fallback_is_wanted_or_known():
    with pytest.raises(FileNotFoundError, match="mnist is not on this machine.*COURSEKIT_DATA"):
        load_images("mnist", fallback=None)
    with pytest.raises(FileNotFoundError, match="cifar10 is not on this machine.*fallback="):
        load_images("cifar10")


def test_another_fallback_comes_at_the_size_of_what_was_asked(capsys):
    images = load_images("cifar10", fallback="digits")
    assert images.images.shape == (1000, 1, 32, 32) and images.name == "digits"
    assert "loaded digits instead" in capsys.readouterr().out


def test_the_digits_are_scikit_learns_each_once():
    from sklearn.datasets import load_digits

    train, test = load_images("digits"), load_images("digits", "test")
    ours = torch.cat([train.images, test.images]).flatten(1).numpy().round()
    theirs = np.rint(load_digits().data * 255 / 16).astype(np.uint8)
    assert train.images.shape == (1000, 1, 8, 8) and len(test) == 797
    assert np.array_equal(np.unique(ours, axis=0), np.unique(theirs, axis=0)) and len(ours) == len(theirs)
    row = np.flatnonzero((theirs == ours[0]).all(1))[0]
    assert load_digits().target[row] == train.labels[0]


def test_size_resizes_bilinearly():
    small, large = load_images("digits"), load_images("digits", size=16)
    expected = interpolate(small.images.float(), (16, 16), mode="bilinear")  # antialiasing does nothing on the way up
    assert large.images.shape == (1000, 1, 16, 16)
    assert (large.images.float() - expected).abs().max() <= 0.51


# downloads


def fake_download(monkeypatch, action, dataset="MNIST"):
    """Let torchvision's class run `action(root)`; returns the list of its calls."""
    calls = []

    def construct(root, download):
        calls.append(Path(root))
        action(Path(root))

    monkeypatch.setattr(torchvision.datasets, dataset, construct)
    monkeypatch.delenv("COURSEKIT_OFFLINE")
    return calls


def test_a_download_lands_in_the_cache_and_is_not_repeated(monkeypatch, cache, capsys):
    limits = []

    def action(root):
        limits.append(socket.getdefaulttimeout())
        write_set(root, 6)

    before = socket.getdefaulttimeout()
    calls = fake_download(monkeypatch, action)
    assert load_images("mnist").name == "mnist" and len(load_images("mnist", "test")) == 6
    assert len(calls) == 1 and limits == [10] and socket.getdefaulttimeout() == before
    assert sorted(x.name for x in cache.iterdir()) == ["MNIST"]
    assert capsys.readouterr().out == ""


def test_a_failed_download_falls_back_is_not_tried_again_and_leaves_nothing(monkeypatch, cache, capsys):
    def action(root):
        (root / "MNIST/raw").mkdir(parents=True)
        (root / "MNIST/raw/train-images-idx3-ubyte.gz").write_bytes(b"half")
        raise RuntimeError("Error downloading train-images:\nTried a mirror, got:\n<urlopen error timed out>\n")

    calls = fake_download(monkeypatch, action)
    assert load_images("mnist").name == load_images("mnist", "test").name == "digits"
    assert len(calls) == 1 and list(cache.iterdir()) == []
    assert capsys.readouterr().out.count("its download failed (<urlopen error timed out>): loaded digits instead") == 2


def test_an_interrupted_download_leaves_nothing(monkeypatch, cache):
    def action(root):
        (root / "half").write_bytes(b"half")
        raise KeyboardInterrupt

    fake_download(monkeypatch, action)
    with pytest.raises(KeyboardInterrupt):
        load_images("mnist")
    assert list(cache.iterdir()) == []


def test_a_disk_that_fills_up_is_an_error_that_says_how_much_is_needed(monkeypatch, cache):
    def action(root):
        (root / "half").write_bytes(b"half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    fake_download(monkeypatch, action)
    with pytest.raises(OSError, match="mnist needs 70") as caught:
        load_images("mnist")
    assert caught.value.errno == errno.ENOSPC and list(cache.iterdir()) == []


def test_a_disk_that_is_too_full_is_found_before_the_download(monkeypatch):
    calls = fake_download(monkeypatch, write_set)
    monkeypatch.setattr(sources.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 69e6}))
    with pytest.raises(OSError, match="69 MB free, mnist needs 70"):
        load_images("mnist")
    assert calls == []


def test_two_processes_that_download_at_once_do_not_disturb_each_other(monkeypatch, cache):
    def action(root):
        write_set(root, 6)
        write_set(cache, 6)  # the other process was faster

    fake_download(monkeypatch, action)
    assert len(load_images("mnist")) == 6
    assert sorted(x.name for x in cache.iterdir()) == ["MNIST"]


# one's own pictures


def test_a_folder_of_pictures_becomes_one_tensor(tmp_path):
    paint(tmp_path / "b.png", (6, 4), 200)
    paint(tmp_path / "a.png", (6, 4), 100)
    (tmp_path / "notes.txt").write_text("not a picture")
    images = load_images(f"folder:{tmp_path}")
    assert images.images.shape == (2, 1, 6, 4) and images.images[:, 0, 0, 0].tolist() == [100, 200]
    assert images.labels is None and images.name == f"folder:{tmp_path}"


def test_subfolders_are_classes_and_one_colour_makes_all_rgb(tmp_path):
    paint(tmp_path / "cat" / "1.png", (4, 4), 50)
    paint(tmp_path / "dog" / "1.png", (4, 4, 3), 60)
    paint(tmp_path / "dog" / "2.jpg", (4, 4, 3), 70)
    images = load_images(f"folder:{tmp_path}")
    assert images.images.shape == (3, 3, 4, 4) and images.images[0].unique().tolist() == [50]
    assert images.classes == ("cat", "dog") and images.labels.tolist() == [0, 1, 1]


def test_mixed_sizes_are_an_error_that_names_both_and_size_is_the_cure(tmp_path):
    paint(tmp_path / "a.png", (6, 4))
    paint(tmp_path / "b.png", (8, 8))
    with pytest.raises(ValueError, match=r"a\.png is 4 x 6 pixels and .*b\.png is 8 x 8: pass size="):
        load_images(f"folder:{tmp_path}")
    assert load_images(f"folder:{tmp_path}", size=4).images.shape == (2, 1, 4, 4)


def test_an_empty_and_a_missing_folder_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="has no picture in it"):
        load_images(f"folder:{tmp_path}")
    with pytest.raises(FileNotFoundError, match="nowhere is not a folder"):
        load_images(f"folder:{tmp_path}/nowhere")


def test_a_broken_picture_is_named(tmp_path):
    paint(tmp_path / "a.png", (64, 64))
    (tmp_path / "a.png").write_bytes((tmp_path / "a.png").read_bytes()[:60])
    with pytest.raises(ValueError, match=r"a\.png cannot be read"):
        load_images(f"folder:{tmp_path}")
    (tmp_path / "a.png").write_text("hello")
    with pytest.raises(ValueError, match=r"a\.png cannot be read"):
        load_images(f"folder:{tmp_path}")


def test_transparent_pixels_turn_white(tmp_path):
    pixels = np.zeros((2, 2, 4), np.uint8)
    pixels[0, 0] = (10, 20, 30, 255)
    Image.fromarray(pixels).save(tmp_path / "a.png")
    image = load_images(f"folder:{tmp_path}").images[0]
    assert image[:, 0, 0].tolist() == [10, 20, 30] and image[:, 1, 1].tolist() == [255, 255, 255]


def test_train_and_test_folders_are_the_splits_and_without_them_there_is_no_test(tmp_path):
    paint(tmp_path / "train" / "cat" / "a.png", (4, 4), 1)
    paint(tmp_path / "test" / "cat" / "a.png", (4, 4), 2)
    assert load_images(f"folder:{tmp_path}", "test").images.unique().tolist() == [2]
    assert load_images(f"folder:{tmp_path}").images.unique().tolist() == [1]
    with pytest.raises(ValueError, match="no test split"):
        load_images(f"folder:{tmp_path}/train", "test")


def test_pictures_beside_folders_of_pictures_are_refused(tmp_path):
    paint(tmp_path / "a.png", (4, 4))
    paint(tmp_path / "cat" / "b.png", (4, 4))
    with pytest.raises(ValueError, match="pictures beside folders"):
        load_images(f"folder:{tmp_path}")


# Images


def test_batches_are_rows_of_the_data_with_their_labels_and_resume_exactly():
    data = Images(torch.arange(0, 250, 25, dtype=torch.uint8).view(10, 1, 1, 1), torch.arange(10), "tens")
    stream = data.batches(64, seed=3, labels=True)
    x, label = next(stream)
    assert x.shape == (64, 1, 1, 1) and x.dtype == torch.float32
    assert torch.equal(to_uint8(x).flatten().long(), label * 25)
    assert set(label.tolist()) == set(range(10))
    state = stream.state_dict()
    again = data.batches(64, seed=99, labels=True)
    again.load_state_dict(state)
    assert torch.equal(next(stream)[1], next(again)[1])


def test_batches_leave_the_global_generator_alone_and_follow_their_seed():
    data = load_images("digits")
    torch.manual_seed(0)
    expected = torch.rand(1)
    torch.manual_seed(0)
    (first,), (same,), (other,) = (next(data.batches(8, seed=s)) for s in (1, 1, 2))
    assert torch.equal(torch.rand(1), expected)
    assert torch.equal(first, same) and not torch.equal(first, other)


def test_labels_that_are_not_there_cannot_be_asked_for(tmp_path):
    paint(tmp_path / "a.png", (4, 4))
    with pytest.raises(ValueError, match="has no labels"):
        load_images(f"folder:{tmp_path}").batches(2, labels=True)


def test_floats_are_the_chosen_images_from_minus_1_to_1():
    data = Images(torch.tensor([0, 255, 51], dtype=torch.uint8).view(3, 1, 1, 1), None, "three")
    assert data.floats().flatten().tolist() == pytest.approx([-1, 1, -0.6], abs=1e-6)
    assert data.floats(torch.tensor([2, 0])).flatten().tolist() == pytest.approx([-0.6, -1], abs=1e-6)


def test_unknown_names_are_answered_with_the_known_ones():
    with pytest.raises(ValueError, match="'imagenet': choose one of mnist, fashion-mnist, cifar10"):
        load_images("imagenet")
    with pytest.raises(ValueError, match="split is 'valid'"):
        load_images("digits", "valid")
