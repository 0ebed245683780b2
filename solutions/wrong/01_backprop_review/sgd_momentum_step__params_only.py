# hint: Return (new params, new velocities)


def sgd_momentum_step(params, grads, velocities, lr, momentum):
    velocities = [momentum * v + g for v, g in zip(velocities, grads, strict=True)]
    return [p - lr * v for p, v in zip(params, velocities, strict=True)]
