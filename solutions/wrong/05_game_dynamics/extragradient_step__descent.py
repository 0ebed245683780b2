# hint: The signs are turned
def extragradient_step(velocity, w, lr):
    ahead = w - lr * velocity(w)
    return w - lr * velocity(ahead)
