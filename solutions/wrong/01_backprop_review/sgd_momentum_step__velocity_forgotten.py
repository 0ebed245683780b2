# hint: The old velocity is forgotten


def sgd_momentum_step(params, grads, velocities, lr, momentum):
    return [p - lr * g for p, g in zip(params, grads, strict=True)], list(grads)
