#!/usr/bin/env python3
"""Makes the golden values beside this file: python3 tests/golden/make_golden.py

training.json   several networks trained for a few steps by PyTorch in float64 on the CPU, by its own
                autograd: nothing of our formulas is in it but the shapes of W and the names. Batch
                normalisation is its BatchNorm1d, weight decay a term of the loss; what dropout keeps is
                drawn by the ChaCha8 below, as `engine::pass::dropout` documents it.
functions.json  exp, logistic, tanh, log, log(1 + x), sin and cos, correctly rounded, by mpmath with 60 digits.
grounded.json   the lecture's grounded example with 60 digits by mpmath, from the definitions: errors and
                gradients are mpmath's numerical derivatives of J, not backpropagation.
init.json       the first weights of a seed, by a ChaCha8 of its own, from RFC 8439 (with 8 rounds, a 64-bit
                block counter and no nonce) and the mapping that `engine::Init` documents.
streams.json    numbered streams (the number is ChaCha's 64-bit nonce) and the orders drawn from them.

Needs torch, numpy and mpmath. The values do not depend on their versions beyond the last digits of
training.json, which the test allows for.
"""

import json
import pathlib
import struct

import mpmath
import numpy as np
import torch

HERE = pathlib.Path(__file__).parent
mpmath.mp.dps = 60

PHI = {
    "linear": lambda z: z,
    "relu": torch.relu,
    "logistic": torch.sigmoid,
    "tanh": torch.tanh,
    "softmax": lambda z: torch.softmax(z, dim=1),
}


DELTA = 0.4


def loss_of(name, z, prediction, target):
    """The mean over the samples, by PyTorch's own losses."""
    f = torch.nn.functional
    if name == "mean-squared":
        return f.mse_loss(prediction, target, reduction="sum") / len(target)
    if name == "absolute":
        return f.l1_loss(prediction, target, reduction="sum") / len(target)
    if name == "huber":
        return f.huber_loss(prediction, target, reduction="sum", delta=DELTA) / len(target)
    if name == "hinge":  # max(0, margin - y (x - 0))
        zeros = torch.zeros_like(prediction)
        return f.margin_ranking_loss(prediction, zeros, target, margin=1.0, reduction="sum") / len(target)
    if name == "neg-log-loss":
        return f.binary_cross_entropy_with_logits(z, target, reduction="sum") / len(target)
    return f.cross_entropy(z, target)  # takes shares as targets, averages over the samples


def mask_of(seed, update, layer, samples, units, share):
    """N x n: a number is drawn for each unit of each sample, one sample after the other."""
    words = chacha8(struct.pack("<Q24x", seed), 1 << 63 | update << 16 | layer)
    kept = [[unit(words) >= share for _ in range(units)] for _ in range(samples)]
    return torch.tensor(kept, dtype=torch.float64) / (1 - share)


def train(name, inputs, layers, loss, rho, batches, seed, rows, scale=1.0, alpha=0.0, optimizer=None):
    random = np.random.default_rng(seed)
    layers = [(*layer, {})[:3] for layer in layers]
    sizes = [inputs] + [units for units, _, _ in layers]
    weights = [
        torch.tensor(random.uniform(-scale, scale, (a + 1, b)), requires_grad=True)
        for a, b in zip(sizes, sizes[1:])
    ]
    x = torch.tensor(random.uniform(-2, 2, (rows, inputs)))
    if loss == "cross-entropy":
        y = random.uniform(0, 1, (rows, sizes[-1]))
        y[: rows // 2] = np.eye(sizes[-1])[random.integers(0, sizes[-1], rows // 2)]
        y = torch.tensor(y / y.sum(axis=1, keepdims=True))
    elif loss == "hinge":
        y = torch.tensor(2.0 * random.integers(0, 2, (rows, sizes[-1])) - 1.0)
    elif loss == "neg-log-loss":
        y = torch.tensor(random.integers(0, 2, (rows, sizes[-1])).astype(float))
    else:
        y = torch.tensor(random.uniform(-1, 1, (rows, sizes[-1])))
    norms = [
        torch.nn.BatchNorm1d(units, eps=1e-5, momentum=0.1, dtype=torch.float64) if of.get("batch_norm") else None
        for units, _, of in layers
    ]
    learned = weights + [p for norm in norms if norm for p in (norm.weight, norm.bias)]
    start = [w.tolist() for w in weights]
    rule = optimizer and optimizer(learned)

    def forward(samples, update=None):
        """In training mode for an update, else in evaluation mode: weighted sums, outputs and masks."""
        outputs, masks = x[samples], []
        for l, (w, norm, (units, activation, of)) in enumerate(zip(weights, norms, layers), 1):
            before = outputs
            z = torch.cat([torch.ones(len(samples), 1, dtype=torch.float64), before], 1) @ w
            if norm:
                z = norm.train(update is not None)(z)
            outputs = PHI[activation](z)
            if of.get("dropout") and update is not None:
                masks.append(mask_of(seed, update, l, len(samples), units, of["dropout"]))
                outputs = outputs * masks[-1]
            if of.get("skip"):
                outputs = outputs + before
        return z, outputs, masks

    steps = []
    for update, batch in enumerate(batches):
        z, outputs, masks = forward(batch, update)
        j = loss_of(loss, z, outputs, y[batch])
        gradients = torch.autograd.grad(j + alpha * sum((w[1:] ** 2).sum() for w in weights), learned)
        if rule:
            for p, gradient in zip(learned, gradients):
                p.grad = gradient
            rule.step()
        else:
            with torch.no_grad():
                for p, gradient in zip(learned, gradients):
                    p -= rho * gradient
        of_norms = iter(gradients[len(weights) :])
        steps.append(
            {
                "samples": batch,
                "loss": j.item(),
                "prediction": outputs.T.tolist(),
                "gradients": [g.tolist() for g in gradients[: len(weights)]],
                "weights": [w.tolist() for w in weights],
            }
        )
        if rule:
            kept = [rule.state[w] for w in weights]
            for moment, names in MOMENTS.items():
                steps[-1][moment] = [state[name].tolist() for state in kept for name in names if name in state]
        if masks:
            steps[-1]["masks"] = [mask.T.tolist() for mask in masks]
        if any(norms):
            steps[-1]["norms"] = [
                {
                    "gradient": [list(pair) for pair in zip(next(of_norms).tolist(), next(of_norms).tolist())],
                    "gamma": norm.weight.tolist(),
                    "beta": norm.bias.tolist(),
                    "mean": norm.running_mean.tolist(),
                    "variance": norm.running_var.tolist(),
                }
                for norm in norms
                if norm
            ]
    z, outputs, _ = forward(list(range(rows)))
    return {
        "name": name,
        "inputs": inputs,
        "layers": [{"units": u, "activation": a} | of for u, a, of in layers],
        "loss": loss,
        **({"delta": DELTA} if loss == "huber" else {}),
        "rho": rho,
        "alpha": alpha,
        "seed": seed,
        "x": x.tolist(),
        "y": y.tolist(),
        "weights": start,
        "steps": steps,
        "evaluation": {"loss": loss_of(loss, z, outputs, y).item(), "prediction": outputs.T.tolist()},
    }


def training():
    ones = [[0], [1], [2], [3], [0]]
    pairs = [[0, 1, 2], [3, 4, 5], [6]]
    full = [[0, 1, 2, 3], [6, 5, 4], [2, 4, 0, 6], [1, 5], [3, 0, 6]]  # BatchNorm1d refuses single samples
    norm, skip, half = {"batch_norm": True}, {"skip": True}, {"dropout": 0.5}
    return [
        train("one neuron", 2, [(1, "logistic")], "neg-log-loss", 0.5, ones, 1, 4),
        train("logistic", 2, [(2, "logistic"), (1, "logistic")], "neg-log-loss", 1.0, ones, 2, 4),
        train("logistic, several outputs", 3, [(4, "tanh"), (3, "logistic")], "neg-log-loss", 0.3, pairs, 3, 7),
        train("logistic, squares", 2, [(3, "logistic"), (2, "logistic")], "mean-squared", 0.7, pairs, 4, 7),
        train("tanh", 2, [(4, "tanh"), (2, "tanh"), (1, "tanh")], "mean-squared", 0.1, pairs, 5, 7),
        train("relu regression", 1, [(5, "relu"), (4, "relu"), (1, "linear")], "mean-squared", 0.05, pairs, 6, 7),
        train("softmax", 4, [(3, "softmax")], "cross-entropy", 0.4, ones, 7, 4),
        train("softmax, deep", 5, [(6, "relu"), (5, "logistic"), (4, "softmax")], "cross-entropy", 0.4, pairs, 8, 7),
        train("wide", 9, [(11, "tanh"), (10, "softmax")], "cross-entropy", 0.2,
              [list(range(13)), list(range(13, 26)), [26, 27]], 9, 28),
        train("saturated", 3, [(4, "tanh"), (3, "softmax")], "cross-entropy", 0.01, pairs, 10, 7, scale=30.0),
        train("batch norm", 3, [(4, "tanh", norm), (2, "linear")], "mean-squared", 0.1, full, 12, 7),
        train("batch norm, deep", 3, [(5, "relu", norm), (4, "logistic", norm), (3, "softmax")],
              "cross-entropy", 0.3, full, 13, 7),
        train("dropout", 3, [(6, "tanh", half), (5, "relu", {"dropout": 0.2}), (1, "logistic")],
              "neg-log-loss", 0.3, ones + pairs, 14, 7),
        train("residual", 3, [(3, "relu", skip), (3, "tanh", skip), (5, "tanh"), (5, "logistic", skip), (2, "tanh")],
              "mean-squared", 0.1, ones + pairs, 15, 7),
        train("decay", 4, [(5, "tanh"), (3, "softmax")], "cross-entropy", 0.2, ones + pairs, 16, 7, alpha=0.05),
        train("all together", 4,
              [(4, "relu", norm | skip), (6, "tanh", norm | half), (6, "logistic", skip), (6, "tanh", norm | skip),
               (1, "logistic")],
              "neg-log-loss", 0.2, full, 17, 7, alpha=0.01),
        train("absolute", 3, [(4, "tanh"), (2, "linear")], "absolute", 0.1, ones + pairs, 18, 7),
        train("huber", 3, [(4, "relu"), (2, "linear")], "huber", 0.2, ones + pairs, 19, 7, alpha=0.01),
        train("hinge", 3, [(4, "tanh"), (1, "linear")], "hinge", 0.2, ones + pairs, 20, 7),
        train("hinge, two bounded outputs", 3, [(4, "logistic", norm), (2, "tanh")], "hinge", 0.3, full, 22, 7),
    ]


# What PyTorch calls the moments that an optimizer keeps.
MOMENTS = {
    "velocity": ["momentum_buffer"],
    "first": ["exp_avg"],
    "second": ["exp_avg_sq", "square_avg", "sum"],
}


def optimizers():
    """20 updates with each optimizer."""
    optim, rho = torch.optim, 0.05
    batches = [[k % 7, (k + 3) % 7, (2 * k + 1) % 7] for k in range(20)]

    def case(name, layers, alpha, optimizer):
        return train(name, 2, layers, "neg-log-loss", rho, batches, 21, 7, alpha=alpha, optimizer=optimizer)

    plain, norm = [(3, "tanh"), (1, "logistic")], [(3, "tanh", {"batch_norm": True}), (1, "logistic")]
    return [
        case("momentum", plain, 0.0, lambda of: optim.SGD(of, lr=rho, momentum=0.9)),
        case("nesterov", plain, 0.01, lambda of: optim.SGD(of, lr=rho, momentum=0.8, nesterov=True)),
        case("momentum, batch norm", norm, 0.0, lambda of: optim.SGD(of, lr=rho, momentum=0.9)),
        case("rmsprop", plain, 0.0, lambda of: optim.RMSprop(of, lr=rho, alpha=0.9, eps=1e-6)),
        case("adagrad", plain, 0.01, lambda of: optim.Adagrad(of, lr=rho)),
        case("adam", plain, 0.0, lambda of: optim.Adam(of, lr=rho)),
        case("adam, other shares", plain, 0.01, lambda of: optim.Adam(of, lr=rho, betas=(0.7, 0.95), eps=1e-4)),
    ]


def functions():
    random = np.random.default_rng(11)

    def points(*ranges):
        numbers = [0.0]
        for low, high in ranges:
            numbers += random.uniform(low, high, 60).tolist()
        for power in range(-300, 3, 12):
            numbers += [10.0**power, -(10.0**power)]
        return numbers

    log = [abs(x) for x in points((0.5, 1.5), (0.9, 1.1), (0, 1e-300), (0, 1e9)) if x != 0] + [5e-324]
    log_1p = [abs(x) for x in points((0, 1), (0.4, 0.43), (1, 100), (0, 1e9))]

    def angles():
        numbers = [x for x in points((-0.8, 0.8), (-7, 7), (-100, 100), (-1e5, 1e5)) if abs(x) <= 1e5]
        # The doubles next to multiples of a quarter turn, where a difference cancels.
        return numbers + [float(mpmath.pi / 2 * k) for k in (*range(-9, 10), 1000, 4097, 60001)]

    all_functions = {
        "exp": (mpmath.exp, points((-1, 1), (-20, 20), (-708, 709), (-745, -708))),
        "logistic": (lambda x: 1 / (1 + mpmath.exp(-x)), points((-1, 1), (-40, 40), (-700, 700))),
        "tanh": (mpmath.tanh, points((-0.1, 0.1), (-1, 1), (-25, 25), (-700, 700))),
        "ln": (mpmath.log, log),
        "ln_1p": (mpmath.log1p, log_1p),
        "sin": (mpmath.sin, angles()),
        "cos": (mpmath.cos, angles()),
    }
    return {
        name: [[x, float(f(mpmath.mpf(x)))] for x in xs if abs(x) < 1e290]
        for name, (f, xs) in all_functions.items()
    }


def grounded():
    number = mpmath.mpf
    w0 = [[number(c) for c in row] for row in (["0.4", "0.6"], ["0.7", "-0.4"], ["-0.2", "0.3"])]
    w1 = [[number(c)] for c in ("-0.3", "0.5", "0.1")]
    sample, target = [number(0), number(1)], number(1)

    def logistic(z):
        return 1 / (1 + mpmath.exp(-z))

    def sums(w, x):
        return [sum(x[i] * w[i][j] for i in range(len(x))) for j in range(len(w[0]))]

    def forward(w0, w1, shift=(0, 0)):
        z1 = [z + s for z, s in zip(sums(w0, [number(1)] + sample), shift)]
        x1 = [number(1)] + [logistic(z) for z in z1]
        z2 = sums(w1, x1)[0]
        return z1, x1, z2, logistic(z2)

    def j_of(prediction):
        return -target * mpmath.log(prediction) - (1 - target) * mpmath.log(1 - prediction)

    def by_weight(matrix, other, first):
        def slope(i, j):
            def j_at(value):
                moved = [row[:] for row in matrix]
                moved[i][j] = value
                return j_of((forward(moved, other) if first else forward(other, moved))[3])

            return mpmath.diff(j_at, matrix[i][j])

        return [[slope(i, j) for j in range(len(matrix[0]))] for i in range(len(matrix))]

    z1, x1, z2, prediction = forward(w0, w1)
    delta2 = mpmath.diff(lambda z: j_of(logistic(z)), z2)
    delta1 = [
        mpmath.diff(lambda s, j=j: j_of(forward(w0, w1, [s if k == j else 0 for k in (0, 1)])[3]), 0)
        for j in (0, 1)
    ]
    grad0, grad1 = by_weight(w0, w1, True), by_weight(w1, w0, False)
    new0 = [[w - g for w, g in zip(*rows)] for rows in zip(w0, grad0)]
    new1 = [[w - g for w, g in zip(*rows)] for rows in zip(w1, grad1)]
    _, _, _, new_prediction = forward(new0, new1)

    def rows(matrix):
        return [[float(cell) for cell in row] for row in matrix]

    return {
        "z(1)": rows([[z] for z in z1]),
        "x(1)": rows([[x] for x in x1]),
        "z(2)": rows([[z2]]),
        "x(2)": rows([[prediction]]),
        "J": rows([[j_of(prediction)]]),
        "delta(2)": rows([[delta2]]),
        "W(1)delta(2)": rows([[w[0] * delta2] for w in w1]),
        "delta(1)": rows([[0]] + [[d] for d in delta1]),
        "grad(1)": rows(grad1),
        "grad(0)": rows(grad0),
        "new W(1)": rows(new1),
        "new W(0)": rows(new0),
        "new x(2)": rows([[new_prediction]]),
        "new J": rows([[j_of(new_prediction)]]),
    }


def chacha8(key, number=0):
    """The words of the stream of this number, 16 from each block."""

    def rotate(word, by):
        return (word << by | word >> (32 - by)) & 0xFFFFFFFF

    def quarter(s, a, b, c, d):
        for x, y, z, by in ((a, b, d, 16), (c, d, b, 12), (a, b, d, 8), (c, d, b, 7)):
            s[x] = (s[x] + s[y]) & 0xFFFFFFFF
            s[z] = rotate(s[z] ^ s[x], by)

    block = 0
    while True:
        start = [0x61707865, 0x3320646E, 0x79622D32, 0x6B206574, *struct.unpack("<8I", key)]
        start += [block & 0xFFFFFFFF, block >> 32, number & 0xFFFFFFFF, number >> 32]
        s = start[:]
        for _ in range(4):  # double rounds
            for i in range(4):
                quarter(s, i, 4 + i, 8 + i, 12 + i)
            for i in range(4):
                quarter(s, i, 4 + (i + 1) % 4, 8 + (i + 2) % 4, 12 + (i + 3) % 4)
        yield from ((a + b) & 0xFFFFFFFF for a, b in zip(s, start))
        block += 1


def unit(words):
    """A number in [0, 1) from two words."""
    return ((next(words) | next(words) << 32) >> 11) / 2**53


def init():
    """Uniform from -0.5 to 0.5 and Xavier, for a network 2-4-3."""

    def weights(seed, biases, limit):
        words = chacha8(struct.pack("<Q24x", seed))
        matrices = []
        for a, b in ((2, 4), (4, 3)):
            low, high = -limit(a, b), limit(a, b)
            w = [[0.0] * b for _ in range(a + 1)]
            for row in w if biases else w[1:]:
                for j in range(b):
                    row[j] = low + unit(words) * (high - low)
            matrices.append(w)
        return matrices

    return [
        {"seed": seed, "uniform": weights(seed, True, lambda a, b: 0.5),
         "xavier": weights(seed, False, lambda a, b: (6 / (a + b)) ** 0.5)}
        for seed in (0, 7, 2**64 - 1)
    ]


def streams():
    def drawn(seed, number):
        words = chacha8(struct.pack("<Q24x", seed), number)
        order, shuffle = list(range(10)), chacha8(struct.pack("<Q24x", seed), number)
        for i in range(9, 0, -1):
            j = int(unit(shuffle) * (i + 1))
            order[i], order[j] = order[j], order[i]
        # 40 numbers are 80 words: more than the 64 that an implementation may make at a time.
        return {"seed": seed, "number": number, "unit": [unit(words) for _ in range(40)], "order": order}

    return [drawn(0, 0), drawn(7, 1), drawn(2**64 - 1, 2**32 + 5), drawn(3, 2**64 - 1)]


def write(name, value):
    (HERE / name).write_text(json.dumps(value, separators=(",", ":")) + "\n")


write("training.json", training())
write("optimizers.json", optimizers())
write("functions.json", functions())
write("grounded.json", grounded())
write("init.json", init())
write("streams.json", streams())
