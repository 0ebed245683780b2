# hint: on top of its loss
import warnings


def r1_penalty(scores, real):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scores.sum().backward(create_graph=True)
    return real.grad.square().flatten(1).sum(1).mean()
