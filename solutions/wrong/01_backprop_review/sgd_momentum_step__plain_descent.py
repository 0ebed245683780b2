# hint: That is plain descent


def sgd_momentum_step(params, grads, velocities, lr, momentum):
    params = [p - lr * g for p, g in zip(params, grads, strict=True)]
    velocities = [momentum * v + g for v, g in zip(velocities, grads, strict=True)]
    return params, velocities
