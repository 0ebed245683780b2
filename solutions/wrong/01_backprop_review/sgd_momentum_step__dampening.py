# hint: That is with dampening


def sgd_momentum_step(params, grads, velocities, lr, momentum):
    velocities = [momentum * v + (1 - momentum) * g for v, g in zip(velocities, grads, strict=True)]
    return [p - lr * v for p, v in zip(params, velocities, strict=True)], velocities
