"""How fast the course's training step is, beside the loop that most tutorials copy, on the same nets and data.

    python benchmarks/throughput.py [--rounds 12] [--steps 8] [--record]

The usual loop: a DataLoader that transforms each image, float32, unfused Adam, D trained in G's backward pass too, and
`.item()` on both losses in every step. Ours: one uint8 tensor indexed on the device, D frozen in G's half, fused Adam,
losses left where they are; then the same in bfloat16. All arms do the arithmetic of one algorithm (one pass of G serves
both updates). They take turns in one process, a few steps each, so that a busy machine slows all of them; the figures
are medians over the turns, and ratios of medians.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator

import torch
from rich.console import Console
from rich.table import Table
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision import transforms

from coursekit.data.images import Images, load_images
from coursekit.data.streams import Latent
from coursekit.device import pick_device, pick_precision
from coursekit.fit import fit
from coursekit.losses import NON_SATURATING
from coursekit.nets.precision import InPrecision
from coursekit.recipes import dcgan_pair, mlp_pair
from coursekit.recorded import record
from coursekit.steps.game import Game
from coursekit.steps.shared_pass import shared_pass

LATENT, BATCH = 100, 64


class PerImage(Dataset):
    """A dataset as tutorials write it: a PIL image for each index, through a chain of transforms."""

    def __init__(self, images: Images):
        self.arrays = images.images[:, 0].cpu().numpy()
        self.transform = transforms.Compose(
            [transforms.ToPILImage(), transforms.Resize(28), transforms.ToTensor(), transforms.Normalize(0.5, 0.5)]
        )

    def __len__(self) -> int:
        return len(self.arrays)

    def __getitem__(self, index: int) -> torch.Tensor:
        return self.transform(self.arrays[index])


def endless(loader: DataLoader) -> Iterator[torch.Tensor]:
    while True:
        yield from loader


def usual_loop(G: nn.Module, D: nn.Module, images: Images) -> Callable[[int], None]:
    """The loop of the tutorials, as a function that runs n steps of it."""
    device = images.images.device
    g_optimizer, d_optimizer = (torch.optim.Adam(net.parameters(), 2e-4, (0.5, 0.999), fused=False) for net in (G, D))
    stream = endless(DataLoader(PerImage(images), BATCH, shuffle=True, drop_last=True))
    criterion = nn.BCEWithLogitsLoss()
    ones, zeros = torch.ones(BATCH, 1, device=device), torch.zeros(BATCH, 1, device=device)

    def run(n_steps: int) -> None:
        for _ in range(n_steps):
            real = next(stream).to(device)
            d_optimizer.zero_grad()
            criterion(D(real), ones).backward()
            fake = G(torch.randn(BATCH, LATENT, device=device))
            d_fake = criterion(D(fake.detach()), zeros)
            d_fake.backward()
            d_optimizer.step()
            g_optimizer.zero_grad()
            g_loss = criterion(D(fake), ones)
            g_loss.backward()
            g_optimizer.step()
            d_fake.item(), g_loss.item()

    return run


def our_game(G: nn.Module, D: nn.Module, images: Images, dtype: torch.dtype) -> tuple[Callable, Iterator]:
    """Our step on the same nets in `dtype`, and the stream it draws from."""
    G, D = InPrecision(G, dtype), InPrecision(D, dtype)
    g_adam, d_adam = (torch.optim.Adam(net.parameters(), 2e-4, (0.5, 0.999), fused=True) for net in (G, D))
    game = Game(G, D, g_adam, d_adam, Latent(LATENT, 0, images.images.device))
    return shared_pass(game, NON_SATURATING), images.batches(BATCH)


def our_loop(step: Callable, batches: Iterator) -> Callable[[int], None]:
    """The bare step in a `for`."""

    def run(n_steps: int) -> None:
        for _ in range(n_steps):
            step(batches)

    return run


def milliseconds(arms: dict[str, Callable[[int], None]], rounds: int, n_steps: int) -> dict[str, float]:
    """The median milliseconds a step of each arm over `rounds` turns, the first two turns thrown away."""
    times: dict[str, list[float]] = {name: [] for name in arms}
    for turn in range(rounds + 2):
        for name in list(arms) if turn % 2 else list(arms)[::-1]:
            start = time.perf_counter()
            arms[name](n_steps)
            if torch.cuda.is_available():
                torch.cuda.synchronize()
            times[name].append((time.perf_counter() - start) / n_steps * 1000)
    return {name: statistics.median(values[2:]) for name, values in times.items()}


def compare(name: str, make_pair: Callable, images: Images, rounds: int, n_steps: int) -> dict[str, float | str]:
    """One row of the table: the usual loop, ours in float32, ours in the precision that the device is good at."""
    torch.manual_seed(0)
    device, shape = images.images.device, tuple(images.images.shape[1:])
    pairs = [[net.to(device) for net in make_pair(shape, LATENT)] for _ in range(3)]
    arms = {
        "usual": usual_loop(*pairs[0], images),
        "float32": our_loop(*our_game(*pairs[1], images, torch.float32)),
        "native": our_loop(*our_game(*pairs[2], images, pick_precision(device))),
    }
    return {"net": name, **milliseconds(arms, rounds, n_steps)}


def cost_of_fit(images: Images, rounds: int, n_steps: int) -> float:
    """How much longer `fit` takes than the bare step, as a share: one game, both loops taking turns on it."""
    torch.manual_seed(0)
    device, shape = images.images.device, tuple(images.images.shape[1:])
    step, batches = our_game(*[net.to(device) for net in dcgan_pair(shape, LATENT)], images, pick_precision(device))
    arms = {"bare": our_loop(step, batches), "fit": lambda n: fit(step, batches, n)}
    times = milliseconds(arms, rounds, n_steps)
    return times["fit"] / times["bare"] - 1


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=12, help="turns of each arm")
    parser.add_argument("--steps", type=int, default=8, help="steps a turn")
    parser.add_argument("--record", action="store_true", help="write coursekit/recorded/throughput.json")
    options = parser.parse_args()
    device = pick_device()
    images = load_images("fashion-mnist", device=device)
    pairs = {"DCGAN, 28 pixels, width 32": dcgan_pair, "MLP, 512-512 and 512-256": mlp_pair}
    rows = [compare(name, pair, images, options.rounds, options.steps) for name, pair in pairs.items()]
    share = cost_of_fit(images, options.rounds, 4 * options.steps)
    precision = str(pick_precision(device)).removeprefix("torch.")
    table = Table(title=f"milliseconds a step, batches of {BATCH}, {device}, {torch.get_num_threads()} threads")
    for column in (
        "net",
        "usual loop",
        "ours, float32",
        f"ours, {precision}",
        "loop gain",
        "precision gain",
        "together",
    ):
        table.add_column(column, justify="left" if column == "net" else "right")
    for row in rows:
        usual, plain, native = row["usual"], row["float32"], row["native"]
        cells = [f"{value:.1f}" for value in (usual, plain, native)]
        table.add_row(
            row["net"], *cells, *(f"{ratio:.2f}x" for ratio in (usual / plain, plain / native, usual / native))
        )
    Console(width=120).print(table)
    print(f"fit costs {share:+.1%} over the bare step")
    if options.record:
        rows = [{key: value if key == "net" else round(value, 2) for key, value in row.items()} for row in rows]
        command = f"python benchmarks/throughput.py --rounds {options.rounds} --steps {options.steps} --record"
        print(record("throughput", command, "-", [*rows, {"net": "fit over the bare step", "share": round(share, 4)}]))


if __name__ == "__main__":
    main()
