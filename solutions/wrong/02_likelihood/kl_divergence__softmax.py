# hint: leave out the softmax


def kl_divergence(p, q):
    log_p, log_q = p.log_softmax(0), q.log_softmax(0)
    return (log_p.exp() * (log_p - log_q)).sum()
