"""Each loss of the course in one line of text, D's half and G's; a test computes what they say."""

from coursekit.widgets.playground.settings import OWN_LOSS, Settings

FORMULAS = {
    "minimax": ("−E log D(x) − E log(1 − D(G(z)))", "E log(1 − D(G(z)))"),
    "non-saturating": ("−E log D(x) − E log(1 − D(G(z)))", "−E log D(G(z))"),
    "least squares": ("½ E (s(x) − 1)² + ½ E (s(G(z)))²", "½ E (s(G(z)) − 1)²"),
    "Wasserstein": ("E s(G(z)) − E s(x)", "−E s(G(z))"),
    "hinge": ("E max(0, 1 − s(x)) + E max(0, 1 + s(G(z)))", "−E s(G(z))"),
    "relativistic": ("E log(1 + exp(s(G(z)) − s(x)))", "E log(1 + exp(s(x) − s(G(z))))"),
    OWN_LOSS: ("d(s(x), s(G(z)))", "g(s(G(z)), s(x))"),
}
R1, GP = " + {w:g}/2 E |∇D(x)|²", " + {w:g} E (|∇D(x̂)| − 1)²"


def d_formula(settings: Settings) -> str:
    """D's loss with its penalties; s is the raw score, D = sigmoid(s), x̂ lies between a real and a fake point."""
    terms = [text.format(w=w) for text, w in ((R1, settings.r1_weight), (GP, settings.gp_weight)) if w]
    return "L_D = " + FORMULAS[settings.loss][0] + "".join(terms)


def g_formula(settings: Settings) -> str:
    return "L_G = " + FORMULAS[settings.loss][1]


def noise_formula(settings: Settings) -> str:
    return "z ~ N(0, I)" if settings.noise == "normal" else "z ~ U[−1, 1)"


def update_formula(settings: Settings, weights: str, loss: str) -> str:
    """What the optimiser does to the weights of a net."""
    slope = f"∇L_{loss}"
    if settings.optimizer == "SGD":
        return f"{weights} ← {weights} − η {slope}"
    return f"{weights} ← {weights} − η m/√v,  m and v: running means of {slope} and its square"
