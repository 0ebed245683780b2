# hint: at an uneven pace
def slerp(z0, z1, t):
    line = (1 - t) * z0 + t * z1
    return line / line.norm(dim=-1, keepdim=True) * z0.norm(dim=-1, keepdim=True)
