# hint: changed its argument velocities in place


def sgd_momentum_step(params, grads, velocities, lr, momentum):
    new_params, new_velocities = [], []
    for p, g, v in zip(params, grads, velocities, strict=True):
        v *= momentum
        v += g
        new_params.append(p - lr * v)
        new_velocities.append(v)
    return new_params, new_velocities
