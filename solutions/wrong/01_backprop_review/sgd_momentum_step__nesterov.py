# hint: Nesterov's momentum


def sgd_momentum_step(params, grads, velocities, lr, momentum):
    velocities = [momentum * v + g for v, g in zip(velocities, grads, strict=True)]
    return [
        p - lr * (g + momentum * v) for p, g, v in zip(params, grads, velocities, strict=True)
    ], velocities
