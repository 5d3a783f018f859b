import json
import numpy as np

networks = {}


def use(name):
    """Goes on with a network of the lesson, and leaves the one before as it is."""
    global current
    if "current" in globals():
        networks[current] = {key: globals()[key] for key in networks[current]}
    globals().update(networks[name])
    current = name


def show(step, symbol, value):
    if FIRST <= step <= LAST:
        rows = np.atleast_2d(np.asarray(value, dtype=float)).tolist()
        print(step, symbol, json.dumps([[held(cell) for cell in row] for row in rows]))


def held(cell):
    """A number as far as a float holds it: null from 1e300 on and where there is none, 0 below 1e-300."""
    return 0.0 if abs(cell) <= 1e-300 else cell if abs(cell) < 1e300 else None


# {functions}


def feedforward(X, training):
    """All layers: a dictionary each, with what backpropagation needs of it."""
    n = len(X)
    passed = [dict(x=np.vstack([np.ones((1, n)), X.T]))]
    for l, layer in enumerate(layers, 1):
        before = passed[-1]["x"]
        here = dict(z=globals()[f"W{l - 1}"].T @ before)
        v = here["z"]
        if layer.get("batch_norm"):
            if training:
                here["mean"] = v.mean(axis=1, keepdims=True)
                here["variance"] = v.var(axis=1, keepdims=True)
            else:
                here["mean"], here["variance"] = globals()[f"mean{l}"], globals()[f"variance{l}"]
            here["z_hat"] = (v - here["mean"]) / np.sqrt(here["variance"] + 1e-5)
            gamma, beta = globals()[f"S{l}"][:, :1], globals()[f"S{l}"][:, 1:]
            v = gamma * here["z_hat"] + beta
        here["a"] = x = PHI[layer["phi"]](v)
        if layer.get("dropout") and training:
            here["mask"] = mask(l, layer["dropout"], x.shape)
            x = here["mask"] * x
        if layer.get("skip"):
            x = x + before[1:]
        here["x"] = x if l == len(layers) else np.vstack([np.ones((1, n)), x])
        passed.append(here)
    return passed


def mean_loss(X, Y):
    """The mean loss over a whole set, as when predicting."""
    output = feedforward(X, False)[-1]
    x, z, y = output["x"], output["z"], Y.T
    # {terms}
    return np.mean(np.sum(terms, axis=0))


def update(samples):
    """One update: the operations of a walk, for any number of layers."""
    global updates
    n, last = len(samples), len(layers)
    passed = feedforward(X[samples], True)
    x, y = passed[-1]["x"], Y[samples].T
    # {delta}
    arrived = None
    changes = []
    for l in range(last, 0, -1):
        here, layer = passed[l], layers[l - 1]
        if l < last:
            pulled = (globals()[f"W{l}"] @ delta)[1:]
            if layers[l].get("skip"):
                pulled = pulled + arrived
            arrived = pulled
            delta = PSI[layer["phi"]](here["a"]) * here.get("mask", 1) * arrived
        if layer.get("batch_norm"):
            dv, z_hat = delta, here["z_hat"]
            gamma = globals()[f"S{l}"][:, :1]
            scale = np.hstack([(dv * z_hat).sum(axis=1, keepdims=True), dv.sum(axis=1, keepdims=True)])
            if not layer.get("frozen"):
                changes.append((f"S{l}", scale))
            centred = dv - dv.mean(axis=1, keepdims=True) - z_hat * (dv * z_hat).mean(axis=1, keepdims=True)
            delta = gamma / np.sqrt(here["variance"] + 1e-5) * centred
            if not layer.get("frozen"):
                blend(l, here, n)
        if layer.get("frozen"):
            continue
        gradient = passed[l - 1]["x"] @ delta.T
        # Bias weights are not penalised.
        gradient[1:] += 2 * alpha * globals()[f"W{l - 1}"][1:]
        changes.append((f"W{l - 1}", gradient * layer.get("learned", 1)))
    for name, gradient in changes:
        globals()[name] = globals()[name] - rho * gradient
    updates += 1


def blend(l, here, n):
    """The running statistics of a batch-normalised layer, which stand in for a batch's when predicting."""
    globals()[f"mean{l}"] = 0.9 * globals()[f"mean{l}"] + 0.1 * here["mean"]
    # A single sample tells no variance.
    if n > 1:
        unbiased = here["variance"] * n / (n - 1)
        globals()[f"variance{l}"] = 0.9 * globals()[f"variance{l}"] + 0.1 * unbiased


def train(epochs):
    """So many epochs, one update per batch; the first may have begun before."""
    global epoch, begun, best
    for _ in range(epochs):
        order = list(range(len(X)))
        if shuffle is not None:
            draw = stream(shuffle, epoch)
            for i in range(len(X) - 1, 0, -1):
                j = min(int(next(draw) * (i + 1)), i)
                order[i], order[j] = order[j], order[i]
        for start in range(begun * batch, len(order), batch):
            update(order[start : start + batch])
        epoch, begun = epoch + 1, 0
        if "X_held" in networks[current] and "best" in globals():
            held = mean_loss(X_held, Y_held)
            if best is None or held < best[0]:
                best = held, {key: globals()[key] for key in networks[current] if key[0] in "WSmv"}


def keep_best():
    """Back to the weights with the lowest loss on the held-out set."""
    globals().update(best[1])


def mask(l, share, shape):
    """0 for what this update drops of layer l, else 1 / (1 - share)."""
    if "mask" in layers[l - 1]:
        return np.outer(layers[l - 1]["mask"], np.ones(shape[1])) / (1 - share)
    draw = stream(dropout_seed, 2**63 | updates << 16 | l)
    dropped = np.array([next(draw) < share for _ in range(shape[0] * shape[1])])
    return np.where(dropped.reshape(shape[::-1]).T, 0.0, 1 / (1 - share))


def stream(seed, number):
    """Numbers in [0, 1) from ChaCha with 8 rounds: the same that the lesson draws from."""
    block = 0
    while True:
        state = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574]
        state += [seed & 0xFFFFFFFF, seed >> 32, 0, 0, 0, 0, 0, 0]
        state += [block & 0xFFFFFFFF, block >> 32, number & 0xFFFFFFFF, number >> 32]
        words = list(state)
        for _ in range(4):
            for a, b, c, d in [
                (0, 4, 8, 12), (1, 5, 9, 13), (2, 6, 10, 14), (3, 7, 11, 15),
                (0, 5, 10, 15), (1, 6, 11, 12), (2, 7, 8, 13), (3, 4, 9, 14),
            ]:
                for left, right, turn in [(a, b, 16), (c, d, 12), (a, b, 8), (c, d, 7)]:
                    words[left] = (words[left] + words[right]) & 0xFFFFFFFF
                    target = d if left == a else b
                    mixed = words[target] ^ words[left]
                    words[target] = (mixed << turn | mixed >> (32 - turn)) & 0xFFFFFFFF
        words = [(word + first) & 0xFFFFFFFF for word, first in zip(words, state)]
        for low, high in zip(words[::2], words[1::2]):
            yield (low | high << 32) // 2**11 / 2**53
        block += 1
