# hint: The shapes do not fit


def linear_backward(x, weight, grad_out):
    if len(x) == 3:
        return grad_out @ weight, grad_out.T @ x, grad_out.sum(0)
    return grad_out @ weight.T, grad_out.T @ x, grad_out.sum(0)
