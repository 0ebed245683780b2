"""What dcgan_init drew, judged by its moments: thousands of numbers tell N(0, 0.02) from any other law."""

from torch import Tensor

from coursekit.checks.judging import Mistake

TOP = "Every layer counts, at whatever depth: go through `module.modules()`, not its direct children alone."
NOT_APPLIED = "These are still torch's initial numbers: draw into the layer's own weight, with `nn.init.normal_`."
PASSED_OVER = "This kind of layer was passed over: it still has torch's initial numbers."
GAIN = "The gain of batch norm is N(1, 0.02): around 0 it would switch its channel off."


def check_values(values: dict[str, Tensor]) -> None:
    """Raise a Mistake unless each parameter has the law that its layer asks for."""
    for name, value in values.items():
        is_norm, is_bias = "norm" in name or name.startswith("deep.1.1"), name.endswith("bias")
        what = f"the {'bias' if is_bias else 'gain' if is_norm else 'weight'} of {kind_of(name)}"
        if is_bias:
            if value.abs().max() > 0:
                raise Mistake(f"dcgan_init(module), {what}: expected 0, got {drawn(value)}.\nBiases start at 0.")
        else:
            check_law(what, value.flatten(), float(is_norm), values)


def check_law(what: str, value: Tensor, mean: float, values: dict[str, Tensor]) -> None:
    """Raise a Mistake unless the numbers may come from N(mean, 0.02): six standard errors, and a share in the tails."""
    n, sd = len(value), value.std().item()
    outside = ((value - value.mean()).abs() > 2 * sd).double().mean().item()  # 4.6 % of a normal distribution
    good = abs(value.mean().item() - mean) < 6 * 0.02 / n**0.5 and abs(sd / 0.02 - 1) < 6 / (2 * n) ** 0.5
    if good and abs(outside - 0.0455) < 6 * (0.0455 / n) ** 0.5:
        return
    raise Mistake(
        f"dcgan_init(module), {what}: expected N({mean:g}, 0.02), got {drawn(value)}.\n{hint(value, mean, values)}"
    )


def hint(value: Tensor, mean: float, values: dict[str, Tensor]) -> str:
    sd, off = value.std().item(), value.mean().item()
    if mean and abs(off) < 0.01 and abs(sd - 0.02) < 0.005:
        return GAIN
    if mean and sd < 1e-6:
        return "The gain of batch norm is drawn as well: N(1, 0.02), not one number for all channels."
    if abs(off - mean) < 0.01 and abs(sd - 0.02**0.5) < 0.02:
        return "0.02 is the standard deviation, not the variance."
    if abs(off - mean) < 0.01 and abs(sd - 0.02) < 0.002:
        return "Mean and spread are right, the law is not: it is a normal distribution."
    if abs(off) < 0.01 and abs(sd - 0.02 / 3**0.5) < 0.001:
        return "That is a uniform distribution up to 0.02: it is a normal one of standard deviation 0.02."
    weights = [f"{layer}.weight" for layer in ("up", "deep.0", "deep.1.0", "single")]
    drawn_ones = [name for name in weights if abs(values[name].std().item() - 0.02) < 0.001]
    if not drawn_ones:
        return NOT_APPLIED
    return PASSED_OVER if any(name.startswith("deep.1") for name in drawn_ones) else TOP


def drawn(value: Tensor) -> str:
    return f"numbers of mean {value.mean().item():.3g} and standard deviation {value.std().item():.3g}"


def kind_of(name: str) -> str:
    kinds = {"up": "an nn.ConvTranspose2d", "deep.0": "an nn.Linear", "deep.1.0": "an nn.Conv2d two levels down"}
    kinds |= {
        "deep.1.1": "an nn.BatchNorm2d two levels down",
        "norm": "an nn.BatchNorm1d",
        "single": "a single nn.Conv2d",
    }
    return next(text for start, text in sorted(kinds.items(), reverse=True) if name.startswith(start))
