# hint: changed its argument


def sgd_momentum_step(params, grads, velocities, lr, momentum):
    for p, g, v in zip(params, grads, velocities, strict=True):
        v.mul_(momentum).add_(g)
        p.sub_(lr * v)
    return params, velocities
