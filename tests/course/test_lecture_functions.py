"""A function that a lecture writes and a later lesson imports from coursekit: both must give the same values.

The function is taken out of the lecture's source, with the imports and the functions it stands on, and nothing else of
the lecture is run. To add one: a row of LECTURE_FUNCTIONS.
"""

import ast
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
import torch

from coursekit import autograd, dynamics, latents, losses, theory
from coursekit.data import captions, pyramid
from coursekit.data.replay import ReplayBuffer
from coursekit.data.streams import Batches, Latent
from coursekit.fit import fit
from coursekit.lapgan import sample_lapgan
from coursekit.metrics import modes, super_resolution
from coursekit.metrics.bleu import bleu
from coursekit.metrics.frechet import frechet_distance
from coursekit.metrics.inception import inception_score
from coursekit.metrics.kernel import kid
from coursekit.metrics.memorisation import memorised
from coursekit.metrics.neighbours import nearest_neighbour
from coursekit.metrics.parzen import parzen_log_likelihood
from coursekit.metrics.precision_recall import precision_recall
from coursekit.metrics.tagging import precision_at_k
from coursekit.nets import conditional, guidelines, srgan, text, text_to_image
from coursekit.nets import lapgan as lapgan_nets
from coursekit.nets.dcgan import DCGANDiscriminator, discriminator_features
from coursekit.nets.init import dcgan_init
from coursekit.nets.minibatch import MinibatchDiscrimination, minibatch_stddev
from coursekit.nets.packing import pack
from coursekit.nets.spectral import spectral_norm
from coursekit.penalties import r1, total_variation
from coursekit.steps import sequence
from coursekit.steps.adversarial import adversarial
from coursekit.steps.game import Game
from coursekit.steps.gan_cls import gan_cls
from coursekit.steps.unrolled import unrolled_generator_loss
from coursekit.super_resolution import content_loss, perceptual_loss
from coursekit.tagging import generate_tags

SOURCES = Path(__file__).resolve().parents[2] / "notebooks" / "src"


def probabilities(generator, n=9):
    """A random discrete distribution with some zeros, float64 (n,)."""
    weights = torch.rand(n, generator=generator, dtype=torch.float64) - 0.2
    return weights.clamp(min=0) / weights.clamp(min=0).sum()


def two_distributions(generator):
    return probabilities(generator), probabilities(generator)


def d_and_two_densities(generator):
    return torch.rand(9, generator=generator, dtype=torch.float64), *two_distributions(generator), 0.25


def sure_d_and_two_densities(generator):
    return torch.randint(2, (9,), generator=generator).double(), *two_distributions(generator), 0.25


def two_densities(generator):
    return *two_distributions(generator), 0.25


def layer_and_gradient(generator):
    shapes = ((5, 3), (4, 3), (5, 4))
    return tuple(torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes)


def logits_and_targets(generator):
    logits = 50 * torch.randn(6, 1, generator=generator, dtype=torch.float64)
    return logits, torch.randint(2, (6, 1), generator=generator).double()


def gradient_and_shape_before(generator):
    shapes = [(), (3,), (1, 3), (2, 1), (2, 3), (4, 1, 3), (4, 2, 3)]
    chosen = shapes[int(torch.randint(len(shapes), (), generator=generator))]
    return torch.randn(4, 2, 3, generator=generator, dtype=torch.float64), chosen


def momentum_state(generator):
    tensors = [torch.randn(2, 3, generator=generator, dtype=torch.float64) for _ in range(6)]
    return tensors[:2], tensors[2:4], tensors[4:], 0.1, 0.9


def two_gaussians(generator):
    mu0, mu1 = torch.randn(2, generator=generator).tolist()
    std0, std1 = (0.1 + torch.rand(2, generator=generator)).tolist()
    return mu0, std0, mu1, std1


def samples_points_and_sigma(generator):
    points = torch.rand(12, 4, generator=generator, dtype=torch.float64)
    return points[:7], points[7:], 0.1 + torch.rand(1, generator=generator).item()


def images_and_training_images(generator):
    images = torch.rand(25, 1, 3, 3, generator=generator, dtype=torch.float64)
    return images[:6], images[5:]  # the last one is a training image


def texts_and_n(generator):
    """A candidate, from empty to 8 words of five, two references of 4 to 8 words, and n from 1 to 3."""
    lengths = [torch.randint(low, 9, (), generator=generator).item() for low in (0, 4, 4)]
    texts = [["abcde"[i] for i in torch.randint(5, (length,), generator=generator)] for length in lengths]
    return texts[0], texts[1:], torch.randint(1, 4, (), generator=generator).item()


def real_and_fake_scores(generator):
    """Scores from timid to so sure that exp would overflow."""
    scale = 10 ** torch.linspace(-2, 3, 8, dtype=torch.float64)
    return tuple(scale * torch.randn(2, 8, generator=generator, dtype=torch.float64))


def fake_scores(generator):
    return real_and_fake_scores(generator)[1:]


def game_state(generator):
    return (2 * torch.randn(5, 2, generator=generator, dtype=torch.float64),)


def gan_state_and_r1(generator):
    return *game_state(generator), torch.rand((), generator=generator).item()


def velocity_state_and_rate(generator):
    return dynamics.dirac_velocity, *game_state(generator), torch.rand((), generator=generator).item()


def jacobian_and_rate(generator):
    return torch.randn(3, 3, generator=generator, dtype=torch.float64), 0.7


def cloud_and_centers(generator):
    points = torch.randn(60, 2, generator=generator, dtype=torch.float64)
    return points[:50], points[50:]


def cloud_centers_radius_and_share(generator):
    return *cloud_and_centers(generator), 0.5, 0.05


def batch(generator):
    return (torch.randn(12, 3, 2, 2, generator=generator, dtype=torch.float64),)


def batch_and_pack_size(generator):
    return *batch(generator), (1, 2, 3, 4, 6, 12)[torch.randint(6, (), generator=generator).item()]


def small_images(generator):
    return (2 * torch.rand(3, 2, 8, 12, generator=generator, dtype=torch.float64) - 1,)


def images_and_levels(generator):
    return *small_images(generator), int(torch.randint(3, (), generator=generator))


def a_pyramid(generator):
    return ([torch.randn(3, 2, size, size, generator=generator, dtype=torch.float64) for size in (12, 6, 3)],)


def coarse_levels_and_noise(generator):
    *residuals, coarse = a_pyramid(generator)[0]
    levels = [lambda z, low, h=h: h * z[0, 0] + low.tanh() for h in residuals[::-1]]
    return coarse, levels, [torch.randn(3, 1, generator=generator, dtype=torch.float64) for _ in levels]


def size_by_torch(size, kernel, stride, padding):
    one = torch.ones(1, 1, size, size), torch.ones(1, 1, kernel, kernel)
    return torch.nn.functional.conv_transpose2d(*one, stride=stride, padding=padding).shape[-1]


def convolved_by_torch(x, weight, stride, padding):
    return torch.nn.functional.conv_transpose2d(x, weight, stride=stride, padding=padding)


def size_kernel_stride_and_padding(generator):
    kernel = torch.randint(1, 8, (), generator=generator).item()
    size, stride = torch.randint(2, 6, (2,), generator=generator).tolist()
    return size, kernel, stride, torch.randint((kernel + 1) // 2, (), generator=generator).item()


def maps_kernels_stride_and_padding(generator):
    _, kernel, stride, padding = size_kernel_stride_and_padding(generator)
    x = torch.randn(2, 3, 4, 5, generator=generator, dtype=torch.float64)
    weight = torch.randn(3, 2, kernel, kernel, generator=generator, dtype=torch.float64)
    return x, weight, stride, padding


def two_codes_and_a_place(generator):
    z0, z1 = torch.randn(2, 4, 9, generator=generator, dtype=torch.float64)
    z1[0] = 2 * z0[0]  # the same way: no one arc
    return z0, z1, torch.rand((), generator=generator).item()


def three_groups_of_codes(generator):
    return tuple(torch.randn(n, 9, generator=generator, dtype=torch.float64) for n in (3, 1, 5))


def two_means_and_covariances(generator):
    roots = torch.randn(2, 6, 6, generator=generator, dtype=torch.float64)
    roots[1, :, 0] = 0  # the second covariance is singular
    mu0, mu1 = torch.randn(2, 6, generator=generator, dtype=torch.float64)
    return mu0, roots[0] @ roots[0].T + torch.eye(6), mu1, roots[1].T @ roots[1]


def class_probabilities(generator):
    probs = (5 * torch.randn(40, 6, generator=generator, dtype=torch.float64)).softmax(1)
    probs[:3] = torch.eye(6)[:3]
    return (probs,)


def two_feature_sets(generator):
    shapes = (30, 4), (20, 4)
    return tuple(torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes)


def two_feature_sets_and_k(generator):
    return *two_feature_sets(generator), int(torch.randint(1, 6, (), generator=generator))


def samples_training_set_and_heldout(generator):
    images = torch.rand(60, 1, 3, 3, generator=generator, dtype=torch.float64)
    return images[20:35], images[:30], images[28:]  # ten samples and two held-out images are copies


def logits_tau_and_noise(generator):
    logits, noise = torch.randn(2, 5, 3, 7, generator=generator, dtype=torch.float64)
    return 4 * logits, 0.1 + torch.rand((), generator=generator).item(), noise


def word_probabilities(generator):
    return (torch.randn(5, 3, 7, generator=generator, dtype=torch.float64).softmax(2),)


def log_probs_rewards_and_baseline(generator):
    numbers = torch.randn(2, 6, 4, generator=generator, dtype=torch.float64)
    return *numbers, numbers[1].mean(0)


def sentences_rollout_and_score(generator):
    """Completions by a fixed rule that differs from row to row, and a score of all words."""
    sentences = torch.randint(5, (6, 4), generator=generator)

    def rollout(prefix):
        rest = torch.arange(len(prefix))[:, None] + torch.arange(4 - prefix.shape[1])
        return torch.cat([prefix, rest % 5], 1)

    return sentences, rollout, lambda s: (s * torch.tensor([1.0, 0.3, -0.7, 0.2])).sum(1).sin(), 3


def inputs_and_labels(generator):
    shape = ((6, 5), (6, 2, 3, 4))[int(torch.randint(2, (), generator=generator))]
    x = torch.randn(shape, generator=generator, dtype=torch.float64)
    return x, torch.randint(4, (6,), generator=generator), 4


def conditional_scores_and_labels(generator):
    real, fake = torch.randn(2, 6, 3, generator=generator, dtype=torch.float64)
    label = torch.randint(3, (6,), generator=generator)
    return lambda x, y: x.gather(1, y[:, None]), real, fake, label


def scores_logits_and_labels(generator):
    scores, logits = (torch.randn(2, 6, n, generator=generator, dtype=torch.float64) for n in (1, 4))
    return scores[0], logits[0], scores[1], logits[1], torch.randint(4, (6,), generator=generator)


def features_embeddings_and_base(generator):
    return *torch.randn(2, 6, 5, generator=generator, dtype=torch.float64), torch.ones(6, 1, dtype=torch.float64)


def drawn_vectors_and_words(generator):
    samples, vectors = torch.randn(27, 4, generator=generator, dtype=torch.float64).split((20, 7))
    return samples, vectors, *(torch.randint(1, 8, (2,), generator=generator).tolist())


def ranked_tags_and_truth(generator):
    tags = torch.stack([torch.randperm(7, generator=generator)[:5] for _ in range(6)])
    return tags, torch.rand(6, 7, generator=generator) < 0.4, int(torch.randint(1, 6, (), generator=generator))


def caption_vocabulary_and_length(generator):
    seed = int(torch.randint(1000, (), generator=generator))
    return captions.scenes(1, seed).captions[0].title() + ".", captions.VOCABULARY, 12 + seed % 3


def scores_and_kinds(generator):
    scores = 3 * torch.randn(9, 9, generator=generator, dtype=torch.float64)
    return scores, torch.randint(4, (9,), generator=generator)


def three_scores(generator):
    return tuple(5 * torch.randn(3, 7, 1, generator=generator, dtype=torch.float64))


def maps_and_codes(generator):
    features = torch.randn(4, 2, 3, 5, generator=generator, dtype=torch.float64)
    return features, torch.randn(4, 6, generator=generator, dtype=torch.float64)


def two_codes_and_beta(generator):
    return *torch.randn(2, 4, 6, generator=generator, dtype=torch.float64), torch.rand((), generator=generator).item()


def planes_and_two(generator):
    return torch.randn(2, 12, 3, 5, generator=generator, dtype=torch.float64), 2


def two_batches(generator):
    return small_images(generator)[0], small_images(generator)[0]


def features_and_two_batches(generator):
    weight = torch.randn(4, 2, 3, 3, generator=generator, dtype=torch.float64)
    return lambda x: torch.nn.functional.conv2d(x, weight).tanh(), *two_batches(generator)


def content_scores_and_weight(generator):
    content, weight = torch.rand(2, generator=generator, dtype=torch.float64)
    return content, 10 * torch.randn(3, 1, 2, 2, generator=generator, dtype=torch.float64), weight.item()


@dataclass(frozen=True)
class Written:
    """A function `name` of lecture `lesson`, what it must equal, and a maker of random arguments."""

    lesson: str
    name: str
    library: Callable
    arguments: Callable[[torch.Generator], tuple]

    def __str__(self) -> str:
        return f"{self.lesson}.{self.name}-{self.arguments.__name__}"


LECTURE_FUNCTIONS = [
    Written("03", "value_function", theory.value_function, d_and_two_densities),
    Written("03", "value_function", theory.value_function, sure_d_and_two_densities),
    Written("03", "optimal_discriminator", theory.optimal_discriminator, two_distributions),
    Written("03", "virtual_training_criterion", theory.virtual_training_criterion, two_densities),
    Written("03", "js_divergence", theory.js_divergence, two_distributions),
    Written("02", "kl_divergence", theory.kl_divergence, two_distributions),
    Written("02", "cross_entropy", theory.cross_entropy, two_distributions),
    Written("02", "kl_gaussians", theory.kl_gaussians, two_gaussians),
    Written("02", "parzen_log_likelihood", parzen_log_likelihood, samples_points_and_sigma),
    Written("02", "nearest_neighbour", nearest_neighbour, images_and_training_images),
    Written("02", "bleu", bleu, texts_and_n),
    Written("01", "linear_backward", autograd.linear_backward, layer_and_gradient),
    Written("01", "bce_logits_backward", autograd.bce_logits_backward, logits_and_targets),
    Written("01", "unbroadcast", autograd.unbroadcast, gradient_and_shape_before),
    Written("01", "sgd_momentum_step", autograd.sgd_momentum_step, momentum_state),
    Written("04", "discriminator_loss", losses.minimax_d, real_and_fake_scores),
    Written("04", "saturating_generator_loss", partial(losses.minimax_g, real=None), fake_scores),
    Written("04", "non_saturating_generator_loss", partial(losses.non_saturating_g, real=None), fake_scores),
    Written("05", "driving_velocity", dynamics.driving_velocity, game_state),
    Written("05", "xy_velocity", dynamics.xy_velocity, game_state),
    Written("05", "dirac_velocity", dynamics.dirac_velocity, gan_state_and_r1),
    Written("05", "simultaneous_step", dynamics.simultaneous_step, velocity_state_and_rate),
    Written("05", "alternating_step", dynamics.alternating_step, velocity_state_and_rate),
    Written("05", "spectral_radius", dynamics.spectral_radius, jacobian_and_rate),
    Written("06", "count_modes", modes.count_modes, cloud_centers_radius_and_share),
    Written("06", "mode_kl", modes.mode_kl, cloud_and_centers),
    Written("06", "minibatch_stddev", minibatch_stddev, batch),
    Written("06", "pack", pack, batch_and_pack_size),
    Written("08", "frechet_distance", frechet_distance, two_means_and_covariances),
    Written("08", "inception_score", inception_score, class_probabilities),
    Written("08", "kid", kid, two_feature_sets),
    Written("08", "precision_recall", precision_recall, two_feature_sets_and_k),
    Written("08", "memorised", memorised, samples_training_set_and_heldout),
    Written("10", "downsample", pyramid.downsample, small_images),
    Written("10", "upsample", pyramid.upsample, small_images),
    Written("10", "detail_rms", pyramid.detail_rms, small_images),
    Written("10", "laplacian_pyramid", pyramid.laplacian_pyramid, images_and_levels),
    Written("10", "reconstruct", pyramid.reconstruct, a_pyramid),
    Written("10", "sample_lapgan", sample_lapgan, coarse_levels_and_noise),
    Written("12", "concat_label", conditional.concat_label, inputs_and_labels),
    Written(
        "12",
        "conditional_discriminator_loss",
        losses.conditional_discriminator_loss,
        conditional_scores_and_labels,
    ),
    Written("12", "acgan_losses", losses.acgan_losses, scores_logits_and_labels),
    Written("12", "projection_score", conditional.projection_score, features_embeddings_and_base),
    Written("12", "generate_tags", generate_tags, drawn_vectors_and_words),
    Written("12", "precision_at_k", precision_at_k, ranked_tags_and_truth),
    Written("14", "encode_caption", captions.encode_caption, caption_vocabulary_and_length),
    Written("14", "matching_loss", losses.matching_loss, scores_and_kinds),
    Written("14", "depth_concat", text_to_image.depth_concat, maps_and_codes),
    Written("14", "gan_cls_loss", losses.gan_cls_loss, three_scores),
    Written("14", "interpolate_captions", text_to_image.interpolate_captions, two_codes_and_beta),
    Written("15", "gumbel_softmax", text.gumbel_softmax, logits_tau_and_noise),
    Written("15", "straight_through", text.straight_through, word_probabilities),
    Written("15", "reinforce_loss", sequence.reinforce_loss, log_probs_rewards_and_baseline),
    Written("15", "rollout_reward", sequence.rollout_reward, sentences_rollout_and_score),
    Written("09", "output_size", size_by_torch, size_kernel_stride_and_padding),
    Written("09", "conv_transpose2d", convolved_by_torch, maps_kernels_stride_and_padding),
    Written("09", "slerp", latents.slerp, two_codes_and_a_place),
    Written("09", "latent_arithmetic", latents.latent_arithmetic, three_groups_of_codes),
    Written("16", "pixel_shuffle", srgan.pixel_shuffle, planes_and_two),
    Written("16", "psnr", super_resolution.psnr, two_batches),
    Written("16", "content_loss", content_loss, features_and_two_batches),
    Written("16", "perceptual_loss", perceptual_loss, content_scores_and_weight),
    Written("16", "total_variation", total_variation, small_images),
]


def function_of_lecture(lesson: str, name: str) -> Callable:
    """The function as the lecture defines it last, able to call the lecture's other functions and imports."""
    [path] = SOURCES.glob(f"{lesson}_*.py")
    wanted = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
    kept = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, wanted)]
    namespace = {}
    exec(compile(ast.Module(kept, type_ignores=[]), str(path), "exec"), namespace)
    assert name in namespace, f"{path.name} defines no {name}: correct the table, or the lecture"
    return namespace[name]


@pytest.mark.parametrize("written", LECTURE_FUNCTIONS, ids=str)
def test_a_function_written_in_a_lecture_equals_the_librarys(written):
    function = function_of_lecture(written.lesson, written.name)
    assert function is not written.library, "the lecture imports this function, it does not write it"
    for seed in range(20):
        arguments = written.arguments(torch.Generator().manual_seed(seed))
        torch.testing.assert_close(function(*arguments), written.library(*arguments), rtol=1e-9, atol=1e-12)


def test_the_tape_that_lecture_01_grows_gives_the_librarys_values_and_gradients():
    grown = function_of_lecture("01", "Value")
    assert grown is not autograd.Value
    for seed in range(20):
        numbers = torch.randn(3, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).tolist()
        outcomes = []
        for kind in (grown, autograd.Value):
            leaves = [kind(number) for number in numbers]
            result = ((leaves[0] * leaves[1] + leaves[2]).tanh() - leaves[0]) ** 2 + 2 * leaves[1].exp() / 3
            result = result + (leaves[2] * leaves[2] + 1).log() * -leaves[0].relu()
            result.backward()
            result.backward()
            outcomes.append([result.data, *(leaf.grad for leaf in leaves)])
        assert outcomes[0] == pytest.approx(outcomes[1], rel=1e-12, abs=1e-12)


def points(n, generator):
    return (torch.randn(n, 3, generator=generator),)


def small_game(seed):
    """A game on points in space, and its batches; the same seed gives the same game."""
    torch.manual_seed(seed)
    G = torch.nn.Sequential(torch.nn.Linear(2, 8), torch.nn.BatchNorm1d(8), torch.nn.Tanh(), torch.nn.Linear(8, 3))
    D = torch.nn.Sequential(torch.nn.Linear(3, 8), torch.nn.LeakyReLU(0.2), torch.nn.Linear(8, 1))
    g_adam, d_adam = (torch.optim.Adam(net.parameters(), 0.01, (0.5, 0.999)) for net in (G, D))
    return Game(G, D, g_adam, d_adam, Latent(2, seed)), Batches(points, 16, seed)


def state(game):
    """Weights and batch statistics of both nets."""
    return [*game.G.state_dict().values(), *game.D.state_dict().values()]


@pytest.mark.parametrize("penalty", [None, partial(r1, weight=2.0)], ids=["plain", "r1"])
@pytest.mark.parametrize("k", [1, 3])
def test_algorithm_1_of_lecture_04_trains_as_the_library_does(k, penalty):
    train_gan = function_of_lecture("04", "train_gan")
    hooks = {} if penalty is None else {"penalty": penalty}
    quiet = partial(fit, progress=False)
    for seed in range(3):
        (mine, batches), (theirs, same_batches) = small_game(seed), small_game(seed)
        nets = (mine.G, mine.D, mine.g_optimizer, mine.d_optimizer)
        history = train_gan(*nets, batches, mine.latent, 5, k, loop=quiet, **hooks)
        expected = quiet(adversarial(theirs, k=k, **hooks), same_batches, 5)
        for name in ("d_loss", "g_loss"):
            assert history[name].tolist() == pytest.approx(expected[name].tolist(), rel=1e-6)
        torch.testing.assert_close(state(mine), state(theirs))


def test_the_two_steps_of_lecture_04_are_the_two_halves_of_the_librarys():
    discriminator_step = function_of_lecture("04", "discriminator_step")
    generator_step = function_of_lecture("04", "generator_step")
    for seed in range(3):
        (mine, batches), (theirs, same_batches) = small_game(seed), small_game(seed)
        untouched = [p.clone() for p in mine.G.parameters()]
        (real,) = next(batches)
        d_loss = discriminator_step(mine.D, mine.G, mine.d_optimizer, real, mine.latent(16))
        assert all(torch.equal(p, q) for p, q in zip(mine.G.parameters(), untouched, strict=True))
        assert all(p.grad is None for p in mine.G.parameters())
        taught = [p.clone() for p in mine.D.parameters()]
        g_loss = generator_step(mine.D, mine.G, mine.g_optimizer, mine.latent(16))
        assert all(torch.equal(p, q) for p, q in zip(mine.D.parameters(), taught, strict=True))
        expected = adversarial(theirs)(same_batches)
        torch.testing.assert_close({"d_loss": d_loss, "g_loss": g_loss}, {k: v.detach() for k, v in expected.items()})
        torch.testing.assert_close(state(mine), state(theirs))


def test_minibatch_discrimination_of_lecture_06_is_the_librarys_layer():
    layers = []
    for kind in (function_of_lecture("06", "MinibatchDiscrimination"), MinibatchDiscrimination):
        torch.manual_seed(0)
        layers.append(kind(n_features=5, n_kernels=3, kernel_dim=2))
    features = torch.randn(7, 5)
    torch.testing.assert_close(layers[0].kernels, layers[1].kernels)
    torch.testing.assert_close(layers[0](features), layers[1](features))


def test_the_replay_buffer_of_lecture_06_exchanges_what_the_librarys_does():
    buffers = [kind(10) for kind in (function_of_lecture("06", "ReplayBuffer"), ReplayBuffer)]
    randoms = [torch.Generator().manual_seed(3) for _ in buffers]
    for start in range(0, 60, 4):
        fakes = torch.arange(start, start + 4)
        mine, theirs = (b.exchange(fakes, r) for b, r in zip(buffers, randoms, strict=True))
        assert torch.equal(mine, theirs)


@pytest.mark.parametrize("k", [0, 1, 3])
def test_the_unrolled_loss_of_lecture_06_has_the_librarys_value_and_gradient(k):
    outcomes = []
    for loss in (function_of_lecture("06", "unrolled_generator_loss"), unrolled_generator_loss):
        game, batches = small_game(0)
        value = loss(game.G, game.D, next(batches)[0], game.latent(16), k, 0.3)
        value.backward()
        outcomes.append([value.detach(), *(p.grad for p in game.G.parameters())])
    torch.testing.assert_close(*outcomes)


@pytest.mark.parametrize("name", ["ProjectionDiscriminator", "AuxiliaryDiscriminator"])
def test_the_discriminators_of_lecture_12_are_the_librarys(name):
    mine, theirs = (kind(28, 1, 4, 3).eval() for kind in (function_of_lecture("12", name), getattr(conditional, name)))
    theirs.load_state_dict(mine.state_dict())
    x, label = torch.randn(5, 1, 28, 28), torch.tensor([0, 1, 2, 2, 1])
    torch.testing.assert_close(mine(x, label), theirs(x, label))


def test_the_joined_net_of_lecture_12_is_the_librarys():
    net = torch.nn.Linear(5, 2)
    kinds = function_of_lecture("12", "Joined"), conditional.Joined
    mine, theirs = (kind(net, 3)(torch.ones(4, 2), torch.tensor([0, 1, 2, 2])) for kind in kinds)
    assert torch.equal(mine, theirs)


@pytest.mark.parametrize("name", ["LevelGenerator", "LevelDiscriminator"])
def test_the_level_nets_of_lecture_10_are_the_librarys_without_classes(name):
    kinds = function_of_lecture("10", name), getattr(lapgan_nets, name)
    wrapped = {"wrap": spectral_norm} if name == "LevelDiscriminator" else {}
    mine, theirs = kinds[0](16, 3, 8).eval(), kinds[1](16, 3, 8, **wrapped).eval()
    theirs.load_state_dict(mine.state_dict())
    low = torch.randn(4, 3, 16, 16)
    first = torch.rand(4, 256) if name == "LevelGenerator" else torch.randn(4, 3, 16, 16)
    torch.testing.assert_close(mine(first, low), theirs(first, low))


@pytest.mark.parametrize("changes", [{}, {"norm": torch.nn.Identity}])
@pytest.mark.parametrize(
    ("name", "library", "arguments", "x"),
    [
        ("make_generator", guidelines.make_generator, ((1, 28, 28), 10, 4), (5, 10)),
        ("make_discriminator", guidelines.make_discriminator, ((1, 28, 28), 4), (5, 1, 28, 28)),
    ],
)
def test_the_nets_of_lecture_09_are_the_librarys_weight_by_weight(name, library, arguments, x, changes):
    outputs = []
    for make in (function_of_lecture("09", name), library):
        torch.manual_seed(0)
        net = make(*arguments, **changes)
        outputs.append(net(torch.randn(x)))
    torch.testing.assert_close(*outputs)


def test_the_initial_weights_of_lecture_09_are_the_librarys():
    drawn = []
    for init in (function_of_lecture("09", "dcgan_init"), dcgan_init):
        net = guidelines.make_generator((1, 28, 28), 10, 4, stem=guidelines.dense_stem)
        torch.manual_seed(0)
        assert init(net) is net
        drawn.append(net.state_dict())
    torch.testing.assert_close(*drawn)


def test_the_features_of_lecture_09_are_the_librarys():
    D, x = DCGANDiscriminator(28, 1, 4).eval(), torch.randn(3, 1, 28, 28)
    written = function_of_lecture("09", "discriminator_features")
    torch.testing.assert_close(written(D, x), discriminator_features(D, x))


def test_lecture_14_names_the_unknown_words_and_draws_the_wrong_captions_of_the_library():
    encode_caption, mismatch = (function_of_lecture("14", name) for name in ("encode_caption", "mismatch"))
    with pytest.raises(ValueError, match="unknown words: purple, dragon$"):
        encode_caption("a Purple circle, purple dragon.", captions.VOCABULARY, 9)
    with pytest.raises(ValueError, match="3 words, there is room for 2"):
        encode_caption("a red circle", captions.VOCABULARY, 2)
    tokens = captions.scenes(6).tokens.repeat(3, 1)
    for seed in range(5):
        generators = (torch.Generator().manual_seed(seed) for _ in range(2))
        mine, theirs = (f(tokens, one) for f, one in zip((mismatch, captions.mismatch), generators, strict=True))
        assert torch.equal(mine, theirs)
    with pytest.raises(ValueError, match="all are the same"):
        mismatch(tokens[[0, 6, 12]])


def test_the_discriminator_of_lecture_14_is_the_librarys():
    torch.manual_seed(0)
    sizes = {"code": 5, "width": 4, "text": 6}
    mine, theirs = (
        net(**sizes) for net in (function_of_lecture("14", "TextDiscriminator"), text_to_image.TextDiscriminator)
    )
    theirs.load_state_dict(mine.state_dict())
    x, code = torch.randn(6, 3, 16, 16), torch.randn(6, 5)
    torch.testing.assert_close(mine(x, code), theirs(x, code))


def test_gan_cls_of_lecture_14_trains_as_the_librarys_step():
    outcomes = []
    for step_of in (function_of_lecture("14", "gan_cls"), gan_cls):
        torch.manual_seed(0)
        G = text_to_image.TextGenerator(latent=4, code=5, width=4, text=6)
        D = text_to_image.TextDiscriminator(code=5, width=4, text=6)
        game = Game(G, D, *(torch.optim.SGD(net.parameters(), 0.1) for net in (G, D)), Latent(4, 3))
        batch = (torch.rand(6, 3, 16, 16), torch.randn(6, 5), torch.randn(6, 5))
        step = step_of(game)
        found = [step(iter([batch])) for _ in range(2)]
        outcomes.append([found, state(game)])
    torch.testing.assert_close(*outcomes)


def test_lecture_15_writes_what_the_librarys_generator_writes_with_its_gradient():
    torch.manual_seed(0)
    G, slopes = text.GRUGenerator(n_words=5, length=4, width=6), []
    z = torch.randn(3, 20, generator=torch.Generator().manual_seed(1))
    worth = torch.randn(3, 4, 5, generator=torch.Generator().manual_seed(2))
    sentences = [write(G, z) for write in (function_of_lecture("15", "write"), lambda G, z: G(z))]
    for vectors in sentences:
        slopes.append(torch.autograd.grad((vectors * worth).sum(), list(G.parameters())))
    torch.testing.assert_close(*sentences)
    torch.testing.assert_close(*slopes)


def test_the_policy_gradient_of_lecture_15_trains_as_the_librarys_step():
    outcomes = []
    for step_of in (function_of_lecture("15", "policy_gradient"), sequence.policy_gradient):
        torch.manual_seed(0)
        G, D = text.GRUGenerator(5, 4, width=6), text.SequenceDiscriminator(5, 4, width=6)
        optimizers = [torch.optim.SGD(net.parameters(), 0.1) for net in (G, D)]
        step = step_of(G, D, *optimizers, n_rollouts=2, penalty=partial(r1, weight=0.1))
        real = torch.nn.functional.one_hot(torch.arange(32).view(8, 4) % 5, 5).float()
        losses = [step(iter([(real,)])) for _ in range(2)]
        outcomes.append([losses, G.state_dict(), D.state_dict()])
    torch.testing.assert_close(*outcomes)


def test_the_residual_block_of_lecture_16_is_the_librarys():
    blocks = [kind(5).eval() for kind in (function_of_lecture("16", "ResidualBlock"), srgan.ResidualBlock)]
    blocks[0].load_state_dict(blocks[1].state_dict())
    x = torch.randn(2, 5, 6, 7)
    torch.testing.assert_close(blocks[0](x), blocks[1](x))
    assert not torch.equal(blocks[0](x), x)
