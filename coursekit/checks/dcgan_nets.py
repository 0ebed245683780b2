"""DCGAN's guidelines as questions about a net at work: what goes in and out of its layers, however they are written.

`watch_net` lists the layers in the order in which they were used. Between two of them stands whatever the student wrote
there, and what it does to the numbers tells what it is.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from coursekit.checks.dcgan_probes import one_by_one, watch_net
from coursekit.checks.judging import Mistake, explain, form

NEAR = {"rtol": 1e-4, "atol": 1e-6}  # the nets run in float32
ONE_IMAGE = "In eval mode the net must take a single image: batch norm then uses its running statistics."


def check_net(
    student,
    name: str,
    arguments: list[int],
    x: list[Tensor],
    shape: tuple[int, ...],
    wrong_shape: str,
    judge: Callable,
) -> None:
    """Watch the net `name(*arguments)` on its inputs x; the first law that it breaks is a Mistake.

    `shape` is that of the output, `wrong_shape` the hint if it is another; `judge(call, stages, x, out)` knows the
    laws. A stage is a dict: what a layer is (kind, stride), its x and y, the batch norms directly behind it, and
    `goes`, what the next layer gets.
    """
    call = f"{name}({', '.join(map(str, arguments))})"
    facts = student.probe(watch_net, name=name, arguments=arguments, x=x)
    if not facts["is_module"]:
        raise Mistake(f"{call} is no nn.Module.\nKeep the `class` line of the stub, and call `super().__init__()`.")
    layers, out = facts["layers"], facts["out"]
    n_used = sum(layer["kind"] != "norm" for layer in layers)
    if facts["n_parameters"] < max(n_used, 1):
        listed = "Layers in a plain list or dict are not found: use nn.Sequential, nn.ModuleList or attributes."
        raise Mistake(f"{call} has {facts['n_parameters']} parameters and {n_used} layers.\n{listed}")
    if not isinstance(out, Tensor) or out.shape != shape:
        came = form(out) if isinstance(out, Tensor) else type(out).__name__
        question = f"{call} of {' and '.join(map(form, x))}"
        why = shape_hint(out, shape, wrong_shape)
        raise Mistake(f"{question}\nexpected a tensor of shape {shape}, got {came}.\n{why}")
    judge(call, stages_of(call, layers), x, out)
    if facts["unreached"]:
        lost = f"{call}: no gradient reaches {', '.join(facts['unreached'][:4])}."
        raise Mistake(f"{lost}\nEach layer must be used in forward, and no `detach` or `no_grad` may cut the way.")
    with explain(ONE_IMAGE):
        answer = student.probe(one_by_one, name=name, arguments=arguments, x=x)
    alone = "In eval mode an image must not depend on its batch: use nn.BatchNorm2d with its running statistics."
    same = torch.allclose(answer["batch"][:1], answer["alone"], rtol=1e-3, atol=1e-5)
    if not same:
        raise Mistake(f"{call} in eval mode gives for an image alone another answer than in a batch.\n{alone}")


def shape_hint(out: object, shape: tuple[int, ...], otherwise: str) -> str:
    if not isinstance(out, Tensor):
        return "Is there a `return`?"
    if out.dim() == len(shape) == 4 and out.shape[1] != shape[1]:
        return "The number of channels is an argument: 1 for grey, 3 for colour."
    return otherwise


def stages_of(call: str, layers: list[dict]) -> list[dict]:
    """The layers that have weights, each with its batch norms and with what goes on to the next one."""
    stages, first = [], [layer for layer in layers if layer["kind"] == "norm"][:1]
    if layers and layers[0]["kind"] == "norm":
        raise Mistake(
            f"{call} normalises what comes in.\nNo batch norm on the input: the first layer sees it as it is."
        )
    for layer in layers:
        if layer["kind"] != "norm":
            if stages:
                stages[-1]["goes"] = layer["x"]
            stages.append(layer | {"norms": []})
        else:
            stages[-1]["norms"].append(layer)
    if not stages:
        none = "Build it from layers of torch.nn: convolutions, batch norm and a non-linearity."
        raise Mistake(f"{call} uses no layer with weights.\n{none}")
    for norm in first:
        if norm["eps"] > 1e-3:
            why = "That is most of the variance: leave `eps` at its default 1e-5."
            raise Mistake(f"{call}: batch norm adds eps = {norm['eps']:g} to the variance.\n{why}")
    return stages


def check_input(call: str, stages: list[dict], x: Tensor) -> None:
    """Raise a Mistake unless the first layer gets x itself."""
    if not alike(stages[0]["x"], x):
        raise Mistake(f"{call} changes what comes in before its first layer.\nThe first layer sees the input as it is.")


def check_norms(call: str, stages: list[dict], wanted: list[bool], no_norm: dict[int, str]) -> None:
    """Raise a Mistake unless batch norm stands behind the stages where `wanted` says so, and directly behind them."""
    for i, (stage, should) in enumerate(zip(stages, wanted, strict=True)):
        place = f"{call}, layer {i + 1} of {len(stages)}"
        if stage["norms"] and not should:
            raise Mistake(f"{place}: batch norm follows.\n{no_norm[i]}")
        if should and not stage["norms"]:
            raise Mistake(f"{place}: no batch norm follows.\nEvery hidden layer takes batch norm, {no_norm[-2]}.")
        if should and not (len(stage["norms"]) == 1 and alike(stage["norms"][0]["x"], stage["y"])):
            order = "The order is: convolution, batch norm, non-linearity; one of each."
            raise Mistake(f"{place}: something stands between it and its batch norm.\n{order}")


def check_slopes(call: str, stages: list[dict], slope: float, hints: dict) -> None:
    """Raise a Mistake unless what goes from each stage to the next is max(y, 0) + slope min(y, 0), and nothing else.

    `hints` has texts for "none", "slope" (which one came is put in), "fewer", "more" and "other".
    """
    for i, stage in enumerate(stages[:-1]):
        y, goes = (stage["norms"] or [stage])[-1]["y"], stage["goes"]
        place = f"{call}, between layers {i + 1} and {i + 2} of {len(stages)}"
        if y.numel() != goes.numel():
            what = "fewer" if goes.numel() < y.numel() else "more"
            raise Mistake(
                f"{place}: {y.numel() // len(y)} numbers go in, {goes.numel() // len(goes)} come out.\n{hints[what]}"
            )
        y, goes = y.flatten(), goes.flatten()
        below = y < -1e-3
        if torch.allclose(goes, y.clamp(min=0) + slope * y.clamp(max=0), **NEAR):
            continue
        ratio = (goes[below] / y[below]).median().item() if below.any() else 1.0
        bent = torch.allclose(goes, y.clamp(min=0) + ratio * y.clamp(max=0), **NEAR)
        kind = "none" if bent and abs(ratio - 1) < 1e-3 else "slope" if bent else "other"
        raise Mistake(f"{place}: not the non-linearity that DCGAN has there.\n{hints[kind].format(ratio)}")


def check_widths(call: str, stages: list[dict], constant: float) -> None:
    """Raise a Mistake unless channels * side is the same for each map that a stage but the first gets."""
    for i, stage in enumerate(stages[1:], 2):
        shape = stage["x"].shape
        if len(shape) == 4 and shape[1] * shape[3] != constant:
            wanted = f"{constant / shape[3]:g}"
            rule = "`width` channels next to the image, twice as many after each halving."
            raise Mistake(f"{call}, layer {i}: {shape[1]} channels at {shape[3]} pixels, expected {wanted}.\n{rule}")


def judge_generator(width: int, size: int) -> Callable:
    """DCGAN's guidelines for G."""
    none = "Between two layers stands nothing that bends: without ReLU they are one linear layer."
    hints = {
        "none": none,
        "slope": "Hidden layers of G take ReLU; yours lets {:.3g} of what is below 0 through (LeakyReLU is for D).",
        "fewer": "G has no pooling: what a layer gives goes on to the next whole.",
        "more": "A transposed convolution learns to enlarge: no `Upsample` or `interpolate` before a convolution.",
        "other": "Each hidden layer of G ends in batch norm and ReLU, and nothing else stands there.",
    }

    def judge(call, stages, x, out):
        check_input(call, stages, *x)
        kinds = [stage["kind"] for stage in stages]
        if "dense" in kinds[1:]:
            raise Mistake(f"{call}: layer {kinds.index('dense', 1) + 1} is dense.\n{no_dense('z to the first map')}")
        last = len(stages) - 1
        no_norm = {last: "No batch norm on G's output: it would force the same mean and contrast on every batch."}
        check_norms(call, stages, [i < last for i in range(len(stages))], no_norm | {-2: "but not the output"})
        check_slopes(call, stages, 0.0, hints)
        if "conv" in kinds:
            raise Mistake(f"{call}: layer {kinds.index('conv') + 1} is an ordinary convolution.\n{hints['more']}")
        check_strides(call, stages)
        check_widths(call, stages, width * size / 2)
        check_output(call, out, stages[-1]["y"])

    return judge


def judge_discriminator(width: int, size: int) -> Callable:
    """DCGAN's guidelines for D."""
    hints = {
        "none": "Between two layers stands nothing that bends: without LeakyReLU they are one linear layer.",
        "slope": "D takes LeakyReLU(0.2); the slope below 0 is {:.3g} here (0 is ReLU, 0.01 is torch's default).",
        "fewer": "No pooling in D: strided convolutions learn how to shrink.",
        "more": "D only shrinks: nothing is enlarged between its layers.",
        "other": "Between D's layers stand batch norm and LeakyReLU(0.2), and nothing else: no sigmoid, no dropout.",
    }

    def judge(call, stages, x, out):
        check_input(call, stages, *x)
        kinds, last = [stage["kind"] for stage in stages], len(stages) - 1
        if "dense" in kinds[:-1]:
            raise Mistake(
                f"{call}: layer {kinds.index('dense') + 1} is dense.\n{no_dense('the last map to the score')}"
            )
        no_norm = {
            0: "No batch norm on D's input layer: the first convolution goes straight into LeakyReLU.",
            last: "No batch norm on the score: it would set the batch's mean score to 0.",
            -2: "but not the first and not the score",
        }
        check_norms(call, stages, [0 < i < last for i in range(len(stages))], no_norm)
        check_slopes(call, stages, 0.2, hints)
        check_strides(call, stages)
        check_widths(call, stages, width * size / 2)
        score = stages[-1]["y"].flatten()
        sigmoid = "D returns raw scores: the sigmoid is in the loss, and would be there twice."
        plain = "D returns what its last layer gives, as it is."
        hint = sigmoid if torch.allclose(out.flatten(), score.sigmoid(), **NEAR) else plain
        if not torch.allclose(out.flatten(), score, **NEAR):
            raise Mistake(f"{call} returns numbers from {out.min():.3g} to {out.max():.3g}.\n{hint}")

    return judge


def no_dense(exception: str) -> str:
    return f"No hidden dense layers: a dense layer may only lead from {exception}."


def check_strides(call: str, stages: list[dict]) -> None:
    """Raise a Mistake unless at least two layers have stride 2."""
    if sum(stage["stride"] == 2 for stage in stages) < 2:
        strides = ", ".join(str(stage["stride"]) for stage in stages)
        why = "The map changes its size by a factor of 2 at a time, in two layers or more of stride 2."
        raise Mistake(f"{call}: the strides are {strides}.\n{why}")


def check_output(call: str, out: Tensor, y: Tensor) -> None:
    """Raise a Mistake unless the images are the tanh of what the last layer gives."""
    if torch.allclose(out.flatten(), y.tanh().flatten(), **NEAR):
        return
    hint = "G ends in tanh, directly behind its last transposed convolution: images lie in [-1, 1]."
    if torch.allclose(out.flatten(), y.sigmoid().flatten(), **NEAR):
        hint = "A sigmoid makes images in [0, 1]; the course's lie in [-1, 1]: tanh."
    raise Mistake(f"{call} makes pixels from {out.min():.3g} to {out.max():.3g}.\n{hint}")


def alike(a: Tensor, b: Tensor) -> bool:
    return a.numel() == b.numel() and torch.allclose(a.flatten(), b.flatten(), **NEAR)
