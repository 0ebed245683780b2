"""Images per second of a training step on a GPU: the usual loop, our eager step, and one captured CUDA graph.

    python benchmarks/gpu.py [--rounds 20] [--steps 20] [--only NAME ...] [--record] [--profile NAME]

All data is random and lies on the device, but for the usual loop's, which a DataLoader collates on the host. The arms
of one net take turns in one process; a figure is the median over the turns. "in fit" is the captured bfloat16 step as a
recipe runs it: called by `fit`, with a history and falling rates.
Beside them stands a floor: the operations and bytes of the step's calls, over the most that the card was seen to do of
either (coursekit.scale.roofline). An arm that does not run is reported with its error and has no figure. `--record`
writes coursekit/recorded/gpu.json and draws docs/gpu.png; `--profile NAME` lists where the captured bfloat16 step of
one net spends its time. Without a GPU everything runs, slowly and eagerly, and the table says so.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import torch
from gpu_report import ARMS, draw, show
from torch import Tensor, nn
from torch.profiler import ProfilerActivity, profile
from torch.utils.data import DataLoader, TensorDataset

from coursekit.data.streams import Batches, Latent
from coursekit.device import pick_device, pick_precision
from coursekit.fit import fit
from coursekit.losses import NON_SATURATING
from coursekit.nets.average import Average
from coursekit.nets.dcgan import DCGANDiscriminator, DCGANGenerator
from coursekit.nets.lapgan import LevelDiscriminator, LevelGenerator
from coursekit.nets.mlp import ImageDiscriminator, ImageGenerator
from coursekit.nets.precision import InPrecision
from coursekit.nets.srgan import SRDiscriminator, SRResNet, WithoutNoise
from coursekit.recipes import falling
from coursekit.recorded import record
from coursekit.scale.captured import N_EAGER, CapturableAdam, captured
from coursekit.scale.roofline import Ceilings, Costs, measured_ceilings, wait
from coursekit.steps.adversarial import adversarial
from coursekit.steps.game import Game

Run = Callable[[int], None]  # does n steps
N_IMAGES = 8192


@dataclass(frozen=True)
class Case:
    """A net, its batch, and the shapes of an image and of what the net is conditioned on."""

    name: str
    make: Callable[[], tuple[nn.Module, nn.Module]]
    latent: int
    batch: int
    shape: tuple[int, ...]
    cond: tuple[tuple[int, ...], ...] = ()


GREY, COLOUR = (1, 28, 28), (3, 64, 64)


def mlp_nets() -> tuple[nn.Module, nn.Module]:
    return ImageGenerator(GREY, 100), ImageDiscriminator(GREY)


def dcgan_nets(size: int, channels: int, width: int = 32) -> tuple[nn.Module, nn.Module]:
    return DCGANGenerator(size, channels, 64, width), DCGANDiscriminator(size, channels, width)


def level_nets() -> tuple[nn.Module, nn.Module]:
    return LevelGenerator(28), LevelDiscriminator(28)


def srgan_nets() -> tuple[nn.Module, nn.Module]:
    return WithoutNoise(SRResNet()), SRDiscriminator()


CASES = (
    Case("MLP, 28 pixels", mlp_nets, 100, 64, GREY),
    Case("DCGAN, 28 pixels", partial(dcgan_nets, 28, 1), 64, 64, GREY),
    Case("DCGAN, 32 pixels", partial(dcgan_nets, 32, 3), 64, 64, (3, 32, 32)),
    Case("DCGAN, 64 pixels, width 128", partial(dcgan_nets, 64, 3, 128), 64, 512, COLOUR),
    Case("LAPGAN, top level", level_nets, 784, 64, GREY, (GREY,)),
    Case("SRGAN, 64 pixels", srgan_nets, 1, 16, COLOUR, ((3, 16, 16),)),
)


def random_data(case: Case, device: torch.device | str) -> tuple[Tensor, ...]:
    """Images in [-1, 1] and conditions of the case's shapes."""
    generator = torch.Generator(device).manual_seed(0)
    shapes = (case.shape, *case.cond)
    return tuple(torch.rand(N_IMAGES, *s, generator=generator, device=device) * 2 - 1 for s in shapes)


def usual_loop(case: Case, device: torch.device) -> Run:
    """The loop of the tutorials: DataLoader, unfused Adam, D's gradients in G's half too, `.item()` in each step."""
    G, D = (net.to(device) for net in case.make())
    g_adam, d_adam = (torch.optim.Adam(net.parameters(), 2e-4, (0.5, 0.999)) for net in (G, D))
    loader = DataLoader(TensorDataset(*random_data(case, "cpu")), case.batch, shuffle=True, drop_last=True)
    stream, criterion = endless(loader), nn.BCEWithLogitsLoss()

    def run(n_steps: int) -> None:
        for _ in range(n_steps):
            real, *cond = (tensor.to(device) for tensor in next(stream))
            fake = G(torch.randn(case.batch, case.latent, device=device), *cond)
            on_real, on_fake = D(real, *cond), D(fake.detach(), *cond)
            d_loss = criterion(on_real, torch.ones_like(on_real)) + criterion(on_fake, torch.zeros_like(on_fake))
            d_adam.zero_grad()
            d_loss.backward()
            d_adam.step()
            score = D(G(torch.randn(case.batch, case.latent, device=device), *cond), *cond)
            g_loss = criterion(score, torch.ones_like(score))
            g_adam.zero_grad()
            g_loss.backward()
            g_adam.step()
            d_loss.item(), g_loss.item()

    return run


def endless(loader: DataLoader) -> Iterator:
    while True:
        yield from loader


def our_loop(case: Case, device: torch.device, arm: str) -> Run:
    """Our step, eager or captured, in the arm's precision and layout, with the average of G that a recipe keeps."""
    in_fit = arm == "in fit"
    precision = torch.bfloat16 if "bf16" in arm or in_fit else torch.float32
    layout = torch.channels_last if "channels-last" in arm and len(case.shape) == 3 else torch.contiguous_format
    G, D = (InPrecision(net.to(device, memory_format=layout), precision) for net in case.make())
    adams = [CapturableAdam(net.parameters(), 2e-4, (0.5, 0.999)) for net in (G, D)]
    game, average = Game(G, D, *adams, Latent(case.latent, 1, device)), Average(G)
    data = [tensor.to(memory_format=layout) if tensor.dim() == 4 else tensor for tensor in random_data(case, device)]
    batches = Batches(partial(drawn, data), case.batch, 2, device)
    step = adversarial(game, NON_SATURATING)
    if "captured" in arm or in_fit:
        step, average = captured(step, batches, game.latent, inside=(average,)), ignore
    if in_fit:
        return fitted(step, batches, adams)

    def run(n_steps: int) -> None:
        for n in range(n_steps):
            average(n, step(batches))

    return run


def fitted(step: Callable, batches: Batches, adams: list[CapturableAdam]) -> Run:
    """The step as a recipe runs it."""
    rates = [torch.optim.lr_scheduler.LambdaLR(adam, partial(falling, 10_000, 0.02)) for adam in adams]

    def run(n_steps: int) -> None:
        fit(step, batches, n_steps, (lambda n, losses: [rate.step() for rate in rates],), progress=False)

    return run


def ignore(n: int, losses: dict[str, Tensor]) -> None:
    """The average is in the graph."""


def drawn(data: list[Tensor], n: int, generator: torch.Generator) -> tuple[Tensor, ...]:
    index = torch.randint(len(data[0]), (n,), generator=generator, device=data[0].device)
    return tuple(tensor[index] for tensor in data)


def seconds_a_step(arms: dict[str, Run], device: torch.device, rounds: int, n_steps: int) -> dict[str, float]:
    """The median seconds a step of each arm over `rounds` turns, after one turn to warm up."""
    times: dict[str, list[float]] = {name: [] for name in arms}
    for turn in range(rounds + 1):
        for name in list(arms)[:: 1 if turn % 2 else -1]:
            wait(device)
            start = time.perf_counter()
            arms[name](n_steps)
            wait(device)
            times[name].append((time.perf_counter() - start) / n_steps)
    return {name: statistics.median(values[1:]) for name, values in times.items()}


def measured(case: Case, device: torch.device, ceilings: Ceilings, rounds: int, n_steps: int) -> dict:
    """One row: images per second of each arm, the floor's, and the share of the ceiling that convolutions reach."""
    torch.manual_seed(0)
    arms = dict(zip(ARMS, (loop(case, device, arm) for arm in ARMS), strict=True))
    failed = {arm: error for arm, run in arms.items() if (error := error_of(run))}
    times = seconds_a_step({arm: run for arm, run in arms.items() if arm not in failed}, device, rounds, n_steps)
    plain = our_loop(case, device, "eager bf16")
    plain(1)  # optimisers make their state in the first step
    with Costs() as costs:
        plain(1)
    row = {"case": case.name, "batch": case.batch}
    row |= {f"{arm}, images/s": round(case.batch / times[arm]) if arm in times else None for arm in ARMS}
    row |= {"floor, images/s": round(case.batch / costs.floor(ceilings))}
    row |= {"operations a step": costs.operations, "bytes a step": costs.bytes}
    row |= {"share of the ceiling": round(costs.operations / min(times.values()) / ceilings.operations, 4)}
    return row | ({"failed": failed} if failed else {})


def loop(case: Case, device: torch.device, arm: str) -> Run:
    return usual_loop(case, device) if arm == "usual" else our_loop(case, device, arm)


def error_of(run: Run) -> str:
    """Runs the arm until a captured step is recorded; the first line of its error, empty where it ran."""
    try:
        run(N_EAGER + 2)
    except RuntimeError as error:
        return str(error).splitlines()[0]
    return ""


def profiled(case: Case, device: torch.device, n_steps: int) -> str:
    """Where the captured bfloat16 step spends its time: the 25 calls and kernels that take longest."""
    run = our_loop(case, device, "captured bf16")
    run(N_EAGER + 2)
    on_gpu = device.type == "cuda"
    activities = [ProfilerActivity.CPU, *([ProfilerActivity.CUDA] if on_gpu else [])]
    with profile(activities=activities, acc_events=True) as report:
        run(n_steps)
        wait(device)
    by = "self_device_time_total" if on_gpu else "self_cpu_time_total"
    return report.key_averages().table(sort_by=by, row_limit=25, max_name_column_width=80)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=20, help="turns of each arm")
    parser.add_argument("--steps", type=int, default=20, help="steps a turn")
    parser.add_argument("--only", nargs="+", help="names of cases, in part")
    parser.add_argument("--record", action="store_true", help="write coursekit/recorded/gpu.json and draw docs/gpu.png")
    parser.add_argument("--profile", metavar="NAME", help="only list where the step of this case spends its time")
    options = parser.parse_args()
    device = pick_device()
    if options.profile:
        print(profiled(next(case for case in CASES if options.profile in case.name), device, options.steps))
        return
    ceilings = measured_ceilings(device, pick_precision(device), 8192 if device.type == "cuda" else 1024)
    seen = f"{ceilings.operations / 1e12:.1f} Tflop/s and {ceilings.bytes / 1e9:.0f} GB/s seen"
    command = f"python benchmarks/gpu.py --rounds {options.rounds} --steps {options.steps} --record"
    rows = []
    for case in (case for case in CASES if not options.only or any(part in case.name for part in options.only)):
        rows.append(measured(case, device, ceilings, options.rounds, options.steps))
        print(rows[-1], flush=True)
        if options.record:  # after each net: what an interrupted call has measured is kept
            record("gpu", command, "-", rows, notes=[seen])
    show(rows, f"images a second on {device}; {seen}")
    if options.record:
        draw(rows, torch.cuda.get_device_name() if device.type == "cuda" else "a CPU")


if __name__ == "__main__":
    main()
