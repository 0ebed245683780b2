# hint: grad_weight is (out, in)


def linear_backward(x, weight, grad_out):
    return grad_out @ weight, x.T @ grad_out, grad_out.sum(0)
