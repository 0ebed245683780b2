# hint: changed its argument grad_out in place


def linear_backward(x, weight, grad_out):
    grad_x, grad_weight = grad_out @ weight, grad_out.T @ x
    grad_out[0] += grad_out[1:].sum(0)
    return grad_x, grad_weight, grad_out[0]
