# hint: That is the old velocity


def sgd_momentum_step(params, grads, velocities, lr, momentum):
    new = [momentum * v + g for v, g in zip(velocities, grads, strict=True)]
    return [p - lr * v for p, v in zip(params, new, strict=True)], velocities
