# hint: You moved on from the place ahead
def extragradient_step(velocity, w, lr):
    ahead = w + lr * velocity(w)
    return ahead + lr * velocity(ahead)
