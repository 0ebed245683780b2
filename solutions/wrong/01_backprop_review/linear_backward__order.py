# hint: the order is grad_x, grad_weight, grad_bias


def linear_backward(x, weight, grad_out):
    return grad_out.T @ x, grad_out.sum(0), grad_out @ weight
