# hint: That is the straight line between the codes
def slerp(z0, z1, t):
    return (1 - t) * z0 + t * z1
