# hint: Return all 3


def linear_backward(x, weight, grad_out):
    return grad_out.T @ x, grad_out.sum(0)
