def step(name, gradient):
    """What rho is multiplied by to change W0, S1, ...: the gradient, or what the optimizer makes of it."""
    optimizer = networks[current].get("optimizer")
    kept = {letter: letter + name[1:] if name[0] == "W" else f"{letter}_{name}" for letter in "VMR"}
    if optimizer == "momentum":
        velocity = globals()[kept["V"]] = momentum * globals()[kept["V"]] + gradient
        return gradient + momentum * velocity if nesterov else velocity
    if optimizer == "rmsprop":
        squares = globals()[kept["R"]] = decay * globals()[kept["R"]] + (1 - decay) * gradient * gradient
        return gradient / (np.sqrt(squares) + epsilon)
    if optimizer == "adagrad":
        squares = globals()[kept["R"]] = globals()[kept["R"]] + gradient * gradient
        return gradient / (np.sqrt(squares) + epsilon)
    if optimizer == "adam":
        mean = globals()[kept["M"]] = beta1 * globals()[kept["M"]] + (1 - beta1) * gradient
        squares = globals()[kept["R"]] = beta2 * globals()[kept["R"]] + (1 - beta2) * gradient * gradient
        mean, squares = mean / (1 - beta1 ** (t + 1)), squares / (1 - beta2 ** (t + 1))
        return mean / (np.sqrt(squares) + epsilon)
    return gradient


