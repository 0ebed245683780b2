# hint: Return (new params, new velocities)


def sgd_momentum_step(params, grads, velocities, lr, momentum):
    for p, g, v in zip(params, grads, velocities, strict=True):
        v = momentum * v + g
        return [p - lr * v], [v]
