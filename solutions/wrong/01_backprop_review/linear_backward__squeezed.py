# hint: An axis of size 1 was lost


def linear_backward(x, weight, grad_out):
    return (grad_out @ weight).squeeze(), (grad_out.T @ x).squeeze(), grad_out.sum(0)
