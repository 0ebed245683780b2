# hint: a step with the old velocity


def sgd_momentum_step(params, grads, velocities, lr, momentum):
    params = [p - lr * v for p, v in zip(params, velocities, strict=True)]
    velocities = [momentum * v + g for v, g in zip(velocities, grads, strict=True)]
    return params, velocities
