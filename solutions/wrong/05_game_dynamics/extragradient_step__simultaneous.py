# hint: That is a simultaneous step
def extragradient_step(velocity, w, lr):
    return w + lr * velocity(w)
