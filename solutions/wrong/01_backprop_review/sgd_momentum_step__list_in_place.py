# hint: changed its argument


def sgd_momentum_step(params, grads, velocities, lr, momentum):
    for i, (g, v) in enumerate(zip(grads, velocities, strict=True)):
        velocities[i] = momentum * v + g
        params[i] = params[i] - lr * velocities[i]
    return params, velocities
