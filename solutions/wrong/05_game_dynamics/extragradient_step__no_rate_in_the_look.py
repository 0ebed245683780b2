# hint: The look ahead has no learning rate
def extragradient_step(velocity, w, lr):
    ahead = w + velocity(w)
    return w + lr * velocity(ahead)
