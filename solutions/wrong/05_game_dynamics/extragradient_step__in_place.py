# hint: in place
def extragradient_step(velocity, w, lr):
    start = w.clone()
    w += lr * velocity(w)
    return start + lr * velocity(w)
