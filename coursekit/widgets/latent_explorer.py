"""Sliders that move a generator's z along named directions and between two corners (lecture 09)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import torch
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor, nn

from coursekit.data.images import to_uint8
from coursekit.latents import slerp
from coursekit.plots.compact import compact_png
from coursekit.widgets.aria import Aria
from coursekit.widgets.conventions import live_or_stored, slider

N_STEPS = 9  # pictures from corner to corner, both included
REACH = 3.0  # the sliders add -3 to 3 times a direction


@dataclass(frozen=True)
class Settings:
    """Place t between the corners, how much of each direction is added, seed of the corners (None: as given)."""

    t: float = 0.0
    amounts: dict[str, float] = field(default_factory=dict)
    seed: int | None = None


@dataclass(frozen=True)
class Outcome:
    """What the settings lead to: z (latent,), its image (C, H, W), and the images of the way (9, C, H, W) in [-1, 1].

    `likeliest` has a class and its probability for the image and for each of the way, or nothing without a classifier.
    """

    settings: Settings
    z: Tensor
    image: Tensor
    way: Tensor
    likeliest: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Space:
    """A generator with named directions (latent,), two given corners or none, and a classifier or none.

    `classifier` maps images (n, C, H, W) to logits (n, K); `classes` names the K classes.
    """

    G: nn.Module
    directions: Mapping[str, Tensor]
    corners: tuple[Tensor, Tensor] | None = None
    classifier: Callable[[Tensor], Tensor] | None = None
    classes: Sequence[str] = ()

    def __post_init__(self):
        ends = dict(zip(("corner z0", "corner z1"), self.corners or (), strict=False))
        named = {**{f"direction {name!r}": one for name, one in self.directions.items()}, **ends}
        if not named:
            raise ValueError("there are no directions and no corners: give directions={name: (latent,) tensor}")
        shapes = {tuple(one.shape) for one in named.values()}
        if len(shapes) > 1 or len(next(iter(shapes))) != 1:
            got = ", ".join(f"{name} {tuple(one.shape)}" for name, one in named.items())
            raise ValueError(f"directions and corners must all be (latent,), got {got}: take one row of each z")
        for name, one in named.items():
            if not one.isfinite().all():
                raise ValueError(f"{name} has values that are not finite: was it a mean over no samples?")

    def ends(self, seed: int | None) -> tuple[Tensor, Tensor]:
        """The given corners, or two draws from N(0, I) with this seed."""
        if seed is None and self.corners is not None:
            return self.corners
        [like, *_] = [*self.directions.values(), *(self.corners or ())]
        generator = torch.Generator().manual_seed(seed or 0)
        z0, z1 = torch.randn(2, len(like), generator=generator).to(like.device)
        return z0, z1

    def compute(self, settings: Settings) -> Outcome:
        """The image at these settings, and those of the way from z0 to z1 with the same directions added."""
        z0, z1 = self.ends(settings.seed)
        places = [settings.t, *torch.linspace(0, 1, N_STEPS).tolist()]
        shift = sum(amount * self.directions[name] for name, amount in settings.amounts.items())
        z = torch.stack([slerp(z0, z1, t) for t in places]) + shift
        images = paint(self.G, z)
        return Outcome(settings, z[0], images[0], images[1:], self.likeliest(images))

    @torch.no_grad()
    def likeliest(self, images: Tensor) -> tuple[tuple[str, float], ...]:
        """The likeliest class of each image, and its probability."""
        if self.classifier is None:
            return ()
        values, labels = self.classifier(images).softmax(1).max(1)
        names = self.classes or [str(k) for k in range(int(labels.max()) + 1)]
        return tuple((names[k], value) for k, value in zip(labels.tolist(), values.tolist(), strict=True))


@torch.no_grad()
def paint(G: nn.Module, z: Tensor) -> Tensor:
    """G(z) in evaluation mode: in training mode batch normalisation would let the nine steps change one another."""
    was_training = G.training
    G.eval()
    images = G(z)
    G.train(was_training)
    return images


def what(outcome: Outcome) -> str:
    """The class of the picture and its probability, where there is a classifier."""
    if not outcome.likeliest:
        return "G(z)"
    name, confidence = outcome.likeliest[0]
    return f"{name}, {confidence:.0%}"


def where(outcome: Outcome) -> str:
    """The corners, the place between them and the length of z beside that of a draw from N(0, I)."""
    seed = outcome.settings.seed
    corners = "corners as given" if seed is None else f"corners of seed {seed}"
    norm = f"|z| = {outcome.z.norm():.1f} (a draw: about {len(outcome.z) ** 0.5:.1f})"
    return f"{corners}; t = {outcome.settings.t:.2f}; {norm}"


def in_words(outcome: Outcome) -> str:
    """What the picture shows, for a screen reader."""
    steps = ", ".join(name for name, _ in outcome.likeliest[1:])
    return f"{what(outcome)}; {where(outcome)}" + (f"; from corner to corner: {steps}" if steps else "")


def draw(outcome: Outcome) -> Figure:
    """The picture on the left; on the right the way between the corners, the place of t marked below it."""
    figure = Figure(figsize=(8, 2.5), dpi=100)  # fixed margins, as in the minimax explorer: a move must not wait
    grid = figure.add_gridspec(1, 2, width_ratios=[2.1, 5.7], left=0.01, right=0.99, bottom=0.03, top=0.88, wspace=0.04)
    picture, way = (figure.add_subplot(cell) for cell in grid)
    put(picture, outcome.image)
    picture.set_title(what(outcome), fontsize=11, loc="left")
    draw_way(way, outcome)
    return figure


def draw_way(axis: Axes, outcome: Outcome) -> None:
    """Nine pictures in a row, the class of each below it, and a triangle at t."""
    n, _, _, width = outcome.way.shape
    put(axis, torch.cat(list(outcome.way), dim=2))
    axis.set_title(where(outcome), fontsize=11, loc="left")
    x = (outcome.settings.t * (n - 1) + 0.5) * width - 0.5
    axis.plot([x], [-0.12], marker="^", markersize=9, color="black", transform=axis.get_xaxis_transform())
    axis.lines[-1].set_clip_on(False)
    for k, (name, confidence) in enumerate(outcome.likeliest[1:]):
        axis.text(
            (k + 0.5) * width, -0.3, f"{name[:10]}\n{confidence:.0%}", **BELOW, transform=axis.get_xaxis_transform()
        )


BELOW = {"ha": "center", "va": "top", "fontsize": 7}


def put(axis: Axes, image: Tensor) -> None:
    """One image (C, H, W) in [-1, 1], its pixels as squares."""
    pixels = to_uint8(image).permute(1, 2, 0).cpu().numpy()
    axis.imshow(pixels if pixels.shape[2] == 3 else pixels[..., 0], cmap="gray", vmin=0, vmax=255)
    axis.set_axis_off()


class LatentExplorer:
    """A slider for each direction, one between the two corners, a button for new corners, and the pictures they make.

    `G` maps z (n, latent) to images (n, C, H, W) in [-1, 1]; it, the directions and the corners are on one device.
    Without `corners` they are drawn with `seed`. `classifier` maps images to logits (n, K), `classes` names them.
    `settings` and `outcome` hold what is shown; `controls` has "t", "new corners" and one slider for each direction.
    Raises ValueError where directions and corners differ in shape or are not finite.
    """

    sentence = "Sliders that move the latent vector of a generator: run the cell to use them."

    def __init__(
        self,
        G: nn.Module,
        directions: Mapping[str, Tensor],
        corners: tuple[Tensor, Tensor] | None = None,
        seed: int = 0,
        classifier: Callable[[Tensor], Tensor] | None = None,
        classes: Sequence[str] = (),
    ):
        from ipywidgets import HBox, Image, Layout, ToggleButton, VBox

        self.space = Space(G, directions, corners, classifier, classes)
        self.seed = None if corners is not None else seed
        self.next_seed = seed if corners is not None else seed + 1
        along = {name: slider(name, 0.0, -REACH, REACH, 0.1) for name in directions}
        between = slider("t: from z0 to z1", 0.5, 0.0, 1.0, 0.05)
        tip = "Draw two new corners with the next seed, which the picture's title names"
        self.button = ToggleButton(description="New corners", tooltip=tip)
        self.controls = {"t": between, "new corners": self.button, **along}
        self.picture = Image(format="png", layout=Layout(width="800px", max_width="100%"))  # else it is stretched
        wrapped = Layout(flex_flow="row wrap")  # one column where the page is narrow
        self.aria = Aria()
        rows = [HBox(row, layout=wrapped) for row in ([between, self.button], list(along.values()))]
        self.view = VBox([*rows, self.picture, self.aria])
        self.along = along
        for one in (between, *along.values()):
            one.observe(self._update, names="value")
        self.button.observe(self._new_corners, names="value")
        self._update()

    def compute(self) -> Outcome:
        """What the controls lead to, without drawing."""
        amounts = {name: one.value for name, one in self.along.items()}
        return self.space.compute(Settings(self.controls["t"].value, amounts, self.seed))

    def _new_corners(self, change: dict) -> None:
        if change["new"]:
            self.seed, self.next_seed = self.next_seed, self.next_seed + 1
            self.button.value = False  # springs back: a plain Button would lose its keys to JupyterLab
            self._update()

    def _update(self, change: dict | None = None) -> None:
        self.outcome = self.compute()
        self.settings = self.outcome.settings
        self.picture.value = compact_png(draw(self.outcome), 128)
        self.aria.words = in_words(self.outcome)

    def _repr_mimebundle_(self, **kwargs) -> dict[str, object]:
        return live_or_stored(self.view, self.picture.value, self.sentence)
