# hint: `backward` finds no way through it
def interpolate_captions(a, b, beta):
    with torch.no_grad():
        return beta * a + (1 - beta) * b
