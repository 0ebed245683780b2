# hint: leave the wrap-around out
def total_variation(x):
    return (x - x.roll(1, 2)).abs().mean() + (x - x.roll(1, 3)).abs().mean()
