"""What a LAPGAN's level and its chain must do, and the hint for each thing that they do instead."""

from collections.abc import Callable

import torch
from torch import Tensor

from coursekit.checks.dcgan_nets import NEAR, alike, check_norms, check_slopes
from coursekit.checks.judging import Mistake, close

ONE_NOISE = (
    "Each net has its own noise, drawn once: latents[0](n) for the coarse one, latents[k](n) for the k-th level."
)
NO_NORM = {-2: "but not the residual"}
FREE = "No batch norm on the residual: it would force the same mean and contrast on every batch."
SLOPES = {
    "none": "Between two convolutions stands nothing that bends: without ReLU they are one linear layer.",
    "slope": "Hidden layers of a level's generator take ReLU; yours lets {:.3g} of what is below 0 through.",
    "fewer": "No pooling: a level works at full size from end to end.",
    "more": "low has the level's size already: nothing is enlarged inside a level.",
    "other": "Each hidden convolution ends in batch norm and ReLU, and nothing else stands there.",
}


def judge_level(width: int) -> Callable:
    """The laws of a level's generator: noise as a plane, convolutions at full size, a residual without bounds."""

    def judge(call, stages, x, out):
        z, low = x
        planes = [z.reshape(len(z), 1, *low.shape[2:]), *low.split(1, 1)]
        first = stages[0]["x"]
        if first.dim() != 4 or first.shape[1] != len(planes) or not all(is_among(plane, first) for plane in planes):
            noise = (
                "The first convolution sees z as one plane (N, 1, size, size) joined with low: `torch.cat([...], 1)`."
            )
            raise Mistake(f"{call}: its first layer does not get z and low, {len(planes)} channels.\n{noise}")
        last = len(stages) - 1
        if last < 2 or any(stage["kind"] != "conv" for stage in stages):
            kinds = ", ".join(stage["kind"] for stage in stages)
            why = "Convolutions at the level's size: two or more hidden ones, and one to the residual."
            raise Mistake(f"{call} has the layers {kinds}.\n{why}")
        check_norms(call, stages, [i < last for i in range(len(stages))], NO_NORM | {last: FREE})
        check_slopes(call, stages, 0.0, SLOPES)
        for i, stage in enumerate(stages[1:], 2):
            if stage["x"].shape[1:] != (width, *low.shape[2:]):
                full = "Every hidden map has `width` channels and the level's size: kernel 3, padding 1, stride 1."
                raise Mistake(f"{call}: layer {i} gets maps {tuple(stage['x'].shape[1:])}.\n{full}")
        check_residual(call, out, stages[-1]["y"], low)

    return judge


def is_among(plane: Tensor, x: Tensor) -> bool:
    return any(alike(plane, x[:, k]) for k in range(x.shape[1]))


def check_residual(call: str, out: Tensor, y: Tensor, low: Tensor) -> None:
    """Raise a Mistake unless the residual is what the last convolution gives."""
    if alike(out, y):
        return
    wrong = {
        "A residual has no bound that tanh could serve, and most of it is near 0: no tanh at the end.": y.tanh(),
        "Return the residual alone: whoever samples adds it to low.": y + low,
        "Residuals have both signs: no ReLU at the end.": y.relu(),
        "Return the residual alone, without tanh: whoever samples adds it to low.": (y + low).tanh(),
    }
    hint = next((text for text, value in wrong.items() if alike(out, value)), "Return what the last convolution gives.")
    raise Mistake(f"{call}: the residual is not what its last convolution gives.\n{hint}")


def check_chain(call: str, facts: dict, wanted: dict, arguments: dict) -> None:
    """Raise a Mistake for the first thing in which a chain differs from `wanted`, the facts of the right one."""
    calls, right = facts["calls"], wanted["calls"]
    nets, right_nets = ([c for c in part if not c["who"].startswith("noise")] for part in (calls, right))
    order, right_order = ([c["who"] for c in part] for part in (nets, right_nets))
    if order != right_order:
        came = f"expected calls of {', '.join(right_order)}; came {', '.join(order) or 'none'}."
        raise Mistake(f"{call}\n{came}\nThe coarse image first, then each level once, as they stand in the list.")
    drawn = sorted(c["who"] for c in calls if c["who"].startswith("noise"))
    if drawn != sorted(c["who"] for c in right if c["who"].startswith("noise")):
        raise Mistake(f"{call}\nThe noise that was drawn: {', '.join(drawn) or 'none'}.\n{ONE_NOISE}")
    for net, right_net in zip(nets, right_nets, strict=True):
        check_call(call, net, right_net, facts, nets)
    hints = {
        "Nothing is clipped: pixels may lie beyond [-1, 1].": wanted["out"].clamp(-1, 1),
        "Add the residual to low: the last level's residual alone came back.": (
            wanted["out"] - right_nets[-1]["low"] if len(right_nets) > 1 else torch.zeros(())
        ),
        "The last residual is not added to low.": right_nets[-1].get("low", torch.zeros(())),
        "Return the images of the finest level.": lambda value: True,
    }
    close(facts["out"], wanted["out"], call, hints, arguments)
    if facts["slope"] or any(net["grad"] for net in nets):
        raise Mistake(
            f"{call} builds a graph.\nNobody trains here: `torch.no_grad()` around the nets saves its memory."
        )


def check_call(call: str, net: dict, right: dict, facts: dict, nets: list[dict]) -> None:
    """Raise a Mistake unless a net was called with what it should get."""
    who = f"{call}: {net['who']}"
    if net["z"].shape != right["z"].shape:
        got = f"{who} got z of shape {tuple(net['z'].shape)}, expected {tuple(right['z'].shape)}."
        swapped = "low" in net and net["low"].shape == right["z"].shape
        raise Mistake(f"{got}\n{'A level takes (z, low), in this order.' if swapped else ONE_NOISE}")
    if "low" in net:
        check_low(who, net["low"], right["low"])
    if not torch.allclose(net["z"], right["z"]):
        raise Mistake(f"{who} got other noise than latents[{nets.index(net)}] drew.\n{ONE_NOISE}")
    if net["training"]:
        why = "In training mode batch norm would make each image depend on the others: call `net.eval()` first."
        raise Mistake(f"{who} ran in training mode.\n{why}")


def check_low(who: str, low: Tensor, right: Tensor) -> None:
    """Raise a Mistake unless a level got the enlarged image of the level before."""
    if low.shape != right.shape:
        twice = "low is the image of the level before at twice its size: upsample first."
        raise Mistake(f"{who} got low of shape {tuple(low.shape)}, expected {tuple(right.shape)}.\n{twice}")
    if torch.allclose(low, right, **NEAR):
        return
    hint = "low = upsample(image of the level before), which is its own low plus its residual: nothing else."
    if torch.allclose(low[:, :, ::2, ::2], low[:, :, 1::2, 1::2]):
        hint = "The image is enlarged with repeated pixels: upsample is bilinear."
    elif torch.allclose(low, right.clamp(-1, 1), **NEAR) or low.abs().max() <= 1 < right.abs().max():
        hint = "Nothing is clipped between the levels: pixels may lie beyond [-1, 1]."
    raise Mistake(f"{who} got another low than the enlarged image of the level before.\n{hint}")
