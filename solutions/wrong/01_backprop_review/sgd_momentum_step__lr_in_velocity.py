# hint: lr does not belong into the velocity


def sgd_momentum_step(params, grads, velocities, lr, momentum):
    velocities = [momentum * v + lr * g for v, g in zip(velocities, grads, strict=True)]
    return [p - v for p, v in zip(params, velocities, strict=True)], velocities
