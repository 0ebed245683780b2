# hint: You looked half a step ahead
def extragradient_step(velocity, w, lr):
    ahead = w + lr / 2 * velocity(w)
    return w + lr * velocity(ahead)
