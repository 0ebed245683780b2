"""Train the generators that the package ships: `python benchmarks/pretrain.py [NAME ...]`.

Up to an hour each on one core. Writes coursekit/pretrained/generators/NAME.safetensors and its card NAME.json. It needs
the whole of MNIST and Fashion-MNIST and takes no fallback. A DCGAN is trained by `coursekit train` into runs/NAME,
which an interrupted script resumes; a folder that is finished is only measured and packed.
"""

import json
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path

import torch

from coursekit import conditional, text_to_image
from coursekit.cli.runs import load_run
from coursekit.data.images import load_images
from coursekit.lapgan import SHIPPED, SHIPPED_STEPS, train_lapgan
from coursekit.metrics.features import load_feature_net
from coursekit.metrics.frechet import moments, real_against_real, reference
from coursekit.nets.precision import InPrecision
from coursekit.recorded import processor
from coursekit.shipped import Nets, load_shipped, ship
from coursekit.super_resolution.shipping import train_shipped, write_shipped
from coursekit.super_resolution.upscaler import NAME as UPSCALER

SEED = 0
PROFILE = {"dcgan-mnist": "full", "dcgan-fashion": "fast"}  # of the DCGANs: what reached FID-feat 2 and 2.5
DATA = {"dcgan-fashion": "fashion-mnist", "dcgan-mnist": "mnist", "lapgan-fashion": "fashion-mnist"}
DATA |= {"cgan-mnist": "mnist"}


def train_dcgan(name: str) -> tuple[Nets, dict]:
    """The nets of the finished run in runs/NAME, in float32, and what its card says of the training."""
    folder = Path("runs") / name
    command = ["coursekit", "train", "dcgan-long", "--data", DATA[name], "--out", str(folder), "--seed", str(SEED)]
    command += ["--profile", PROFILE[name]]
    took = folder / "seconds.json"
    if not took.exists():
        start = time.perf_counter()
        more = ["--resume"] if folder.exists() else []
        subprocess.run([sys.executable, "-m", *command, *more], check=True)
        took.write_text(json.dumps(round(time.perf_counter() - start)))
    run = load_run(folder)
    meta = {key: run.meta[key] for key in ("recipe", "recipe_hash", "shape", "n_steps", "precision")}
    nets = {"G": in_float32(run.average.net), "D": in_float32(run.game.D)}
    return nets, meta | {"command": " ".join(command), "seconds": json.loads(took.read_text())}


def in_float32(net: InPrecision) -> torch.nn.Module:
    return net.net


def train_the_lapgan(name: str) -> tuple[Nets, dict]:
    """The same for the LAPGAN."""
    images = load_images(DATA[name], fallback=None)
    start = time.perf_counter()
    lapgan, _ = train_lapgan(images, SHIPPED, SHIPPED_STEPS, SEED)
    meta = {"recipe": "lapgan", "recipe_hash": SHIPPED.hash(), "settings": asdict(SHIPPED), "n_steps": SHIPPED_STEPS}
    how = {"command": f"python benchmarks/pretrain.py {name}", "seconds": round(time.perf_counter() - start)}
    return {"G": lapgan}, meta | {"shape": [1, 28, 28]} | how


def train_the_cgan(name: str) -> tuple[Nets, dict]:
    """The same for the conditional GAN, in half precision: its weights are read back as float32."""
    images, recipe, n_steps = load_images(DATA[name], fallback=None), conditional.SHIPPED, conditional.SHIPPED_STEPS
    start = time.perf_counter()
    G, _ = conditional.train_conditional(images, recipe, n_steps, SEED)
    meta = {"recipe": "cgan", "recipe_hash": recipe.hash(), "settings": asdict(recipe), "n_steps": n_steps}
    how = {"command": f"python benchmarks/pretrain.py {name}", "seconds": round(time.perf_counter() - start)}
    return {"G": G.half()}, meta | {"shape": [1, 28, 28]} | how


def pack(name: str, nets: Nets, how: dict) -> None:
    """Writes the file and the card, then measures FID-feat of what was written and completes the card."""
    test, net = load_images(DATA[name], "test", fallback=None), load_feature_net(DATA[name])
    real = moments(reference(test, net))
    extra = {"real_mean": real[0], "real_covariance": real[1]}
    card = {"data": DATA[name], "images": "training split, 60,000 images", **how, "seed": SEED}
    device = torch.cuda.get_device_name() if torch.cuda.is_available() else f"{processor()}, shared with other work"
    card |= {"device": device, "torch": torch.__version__}
    card |= {"licence": "MIT, as the code; the data's own licence is in THIRD_PARTY.md"}
    ship(name, nets, card, extra)
    card["fid_feat"] = round(load_shipped(name).fid_feat(), 2)
    card["real_against_real"] = round(real_against_real(test, net), 2)
    card["judged_by"] = "5,000 samples (seed 0) against 5,000 test images; FID-feat, not FID"
    ship(name, nets, card, extra)
    print(json.dumps(card, indent=1))


TRAIN = {"dcgan": train_dcgan, "lapgan": train_the_lapgan, "cgan": train_the_cgan}

if __name__ == "__main__":
    for name in sys.argv[1:] or (*DATA, UPSCALER, text_to_image.NAME):
        if name == UPSCALER:
            print(json.dumps(write_shipped(*train_shipped()), indent=1))
            continue
        if name == text_to_image.NAME:
            print(json.dumps(text_to_image.write_shipped(*text_to_image.train_shipped()), indent=1))
            continue
        pack(name, *TRAIN[name.partition("-")[0]](name))
