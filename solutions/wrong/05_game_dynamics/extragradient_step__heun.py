# hint: That is the mean of both arrows
def extragradient_step(velocity, w, lr):
    here = velocity(w)
    there = velocity(w + lr * here)
    return w + lr * (here + there) / 2
