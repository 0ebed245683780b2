"""Tiles without seams; picture files of every kind in and out."""

import io

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps

from coursekit.data.images import to_float, to_uint8
from coursekit.nets.srgan import SRResNet, enlarge
from coursekit.super_resolution import pictures
from coursekit.super_resolution.pictures import Picture, bicubic, enlarged, read_picture, taken_apart, write_picture
from coursekit.super_resolution.upscaler import in_tiles


@pytest.fixture
def net():
    torch.manual_seed(0)
    net = SRResNet(8, 2).eval()
    torch.nn.init.normal_(net.last.weight, 0, 0.05)
    return net


@pytest.mark.parametrize("tile", [8, 13, 40, 100])
def test_tiles_are_the_whole_at_once(net, tile):
    low = torch.randint(256, (3, 37, 50), generator=torch.Generator().manual_seed(1), dtype=torch.uint8)
    with torch.no_grad():
        whole = to_uint8(net(to_float(low[None])))[0]
    told = []
    tiled = in_tiles(net, low, tile, lambda done, total: told.append((done, total)))
    assert tiled.shape == (3, 148, 200)
    assert (tiled.int() - whole.int()).abs().max() <= 1  # rounding
    assert (tiled != whole).float().mean() < 1e-3
    n = -(-37 // tile) * -(-50 // tile)
    assert told == [(k, n) for k in range(1, n + 1)]


def test_a_margin_too_small_would_show(net, monkeypatch):
    low = torch.randint(256, (3, 20, 40), generator=torch.Generator().manual_seed(1), dtype=torch.uint8)
    right = in_tiles(net, low, 20)
    monkeypatch.setattr(SRResNet, "reach", 2)
    assert (in_tiles(net, low, 20).int() - right.int()).abs().max() > 3


def test_bicubic_in_tiles_is_the_whole_at_once():
    x = torch.randint(256, (1, 530, 600), generator=torch.Generator().manual_seed(1), dtype=torch.uint8)
    assert torch.equal(bicubic(x), enlarge(x[None])[0].clamp(0, 255).round().to(torch.uint8))


def picture_file(tmp_path, image, name="p.png", **how):
    image.save(tmp_path / name, **how)
    return tmp_path / name


def noise(*shape):
    return np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)


def test_a_colour_picture_comes_in_as_it_is(tmp_path):
    pixels = noise(20, 30, 3)
    read = read_picture(picture_file(tmp_path, Image.fromarray(pixels)))
    assert (read.colour.permute(1, 2, 0).numpy() == pixels).all() and read.alpha == () and not read.grey


def test_a_grey_picture_stays_grey(tmp_path):
    read = read_picture(picture_file(tmp_path, Image.fromarray(noise(20, 30))))
    assert read.grey and torch.equal(read.colour[0], read.colour[2])
    tint = torch.tensor([0, 30, 60], dtype=torch.uint8).view(3, 1, 1)
    large = enlarged(read, lambda low: bicubic(low // 2) + tint)
    write_picture(large, tmp_path / "large.png")
    with Image.open(tmp_path / "large.png") as written:
        assert written.mode == "L" and written.size == (120, 80)
        expected = (bicubic(read.colour[:1] // 2)[0].int() + 30).numpy()
        assert np.abs(np.asarray(written).astype(int) - expected).max() <= 1


@pytest.mark.parametrize("orientation", [1, 3, 6, 8])
def test_a_picture_is_turned_as_its_exif_data_says(tmp_path, orientation):
    image = Image.fromarray(noise(20, 30, 3))
    exif = Image.Exif()
    exif[0x0112] = orientation
    read = read_picture(picture_file(tmp_path, image, exif=exif))
    with Image.open(tmp_path / "p.png") as file:
        expected = np.asarray(ImageOps.exif_transpose(file))
    assert read.colour.shape[1:] == ((30, 20) if orientation > 4 else (20, 30))
    assert (read.colour.permute(1, 2, 0).numpy() == expected).all()


def test_alpha_is_enlarged_beside_the_colours_and_hidden_colours_do_not_bleed(tmp_path):
    pixels = np.zeros((24, 24, 4), np.uint8)
    pixels[..., :] = (0, 255, 0, 0)  # hidden green
    pixels[:, :12] = (200, 40, 90, 255)
    read = read_picture(picture_file(tmp_path, Image.fromarray(pixels)))
    seen = []
    large = enlarged(read, lambda low: seen.append(low) or bicubic(low))
    assert (seen[0].permute(1, 2, 0).numpy() == (200, 40, 90)).all()
    assert torch.equal(large.alpha[0], bicubic(read.alpha[0]))
    write_picture(large, tmp_path / "large.png")
    with Image.open(tmp_path / "large.png") as written:
        assert written.mode == "RGBA" and written.size == (96, 96)
        assert written.getpixel((20, 50)) == (200, 40, 90, 255) and written.getpixel((90, 50))[3] == 0


@pytest.mark.parametrize("mode", ["1", "P", "LA", "CMYK", "I;16", "YCbCr", "RGBA"])
def test_every_kind_of_pixel_is_read(mode):
    if mode == "I;16":
        image, expected = Image.fromarray(noise(16, 20).astype(np.uint16) * 257), noise(16, 20)
    else:
        image = Image.fromarray(noise(16, 20, 3)).convert("L" if mode in ("1", "LA") else "RGB").convert(mode)
        expected = np.asarray(image.convert("RGB"))
    read = taken_apart(image)
    assert read.colour.shape == (3, 16, 20) and bool(read.alpha) == (mode in ("LA", "RGBA"))
    assert read.grey == (mode in ("1", "LA", "I;16"))
    expected = expected if expected.ndim == 3 else np.stack([expected] * 3, 2)
    assert (read.colour.permute(1, 2, 0).numpy() == expected).all()


def test_wholly_transparent_pictures_are_no_trouble():
    read = taken_apart(Image.fromarray(np.zeros((16, 16, 4), np.uint8)))
    assert enlarged(read, bicubic).alpha[0].max() == 0


def test_a_colour_profile_is_kept(tmp_path):
    from PIL import ImageCms

    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    path = picture_file(tmp_path, Image.fromarray(noise(16, 16, 3)), icc_profile=profile)
    write_picture(enlarged(read_picture(path), bicubic), tmp_path / "large.png")
    with Image.open(tmp_path / "large.png") as written:
        assert written.info["icc_profile"] == profile


def test_files_that_are_no_pictures_are_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is no file .*none.png"):
        read_picture(tmp_path / "none.png")
    (tmp_path / "text.png").write_text("hello")
    with pytest.raises(ValueError, match="text.png is no picture that can be read"):
        read_picture(tmp_path / "text.png")
    buffer = io.BytesIO()
    Image.fromarray(noise(64, 64, 3)).save(buffer, "PNG")
    (tmp_path / "cut.png").write_bytes(buffer.getvalue()[:3000])
    with pytest.raises(ValueError, match="cut.png cannot be read to its end .* damaged"):
        read_picture(tmp_path / "cut.png")


def test_sizes_out_of_bounds_are_refused(tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="has 15 x 40 pixels, at least 16 x 16"):
        read_picture(picture_file(tmp_path, Image.fromarray(noise(40, 15, 3))))
    monkeypatch.setattr(pictures, "MOST_PIXELS", 500)
    with pytest.raises(ValueError, match="million pixels, at most 0 can be enlarged"):
        read_picture(picture_file(tmp_path, Image.fromarray(noise(30, 30, 3))))


def test_targets_that_cannot_be_are_refused(tmp_path):
    picture = Picture(torch.zeros(3, 16, 16, dtype=torch.uint8))
    with pytest.raises(ValueError, match=r"x.gif: end the name in one of .png, .jpg, .jpeg"):
        write_picture(picture, tmp_path / "x.gif")
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        write_picture(picture, tmp_path / "none" / "x.png")
    write_picture(picture, tmp_path / "x.jpg")
    before = (tmp_path / "x.jpg").read_bytes()
    with pytest.raises(FileExistsError, match="x.jpg is already there and stays as it is"):
        write_picture(picture, tmp_path / "x.jpg")
    assert (tmp_path / "x.jpg").read_bytes() == before
    with pytest.raises(ValueError, match="transparent places .* end the name in .png"):
        write_picture(Picture(picture.colour, (picture.colour[:1],)), tmp_path / "y.jpg")
