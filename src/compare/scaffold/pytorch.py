#!/usr/bin/env python3
"""{title}: one update by PyTorch, and all that autograd has of it saved for nn-tutor."""
import os
import subprocess
import sys

import numpy as np
import torch

torch.set_default_dtype(torch.float64)

# {samples}
X = torch.tensor({x})
y = torch.tensor({y})

# Put your own model here; with these weights it starts as the lesson does.
model = torch.nn.Sequential(
{layers}
)
with torch.no_grad():
{weights}
{frozen}
y_hat = model(X)
y_hat.retain_grad()
loss = {loss}
loss.backward()

values = dict(X=X.numpy(), y=y.numpy(), y_hat=y_hat.detach().numpy(), loss=loss.item(), d_y_hat=y_hat.grad.numpy())
for name, parameter in model.named_parameters():
    values[name] = parameter.detach().numpy().copy()
    if parameter.grad is not None:
        values[name + ".grad"] = parameter.grad.numpy().copy()
torch.optim.SGD(model.parameters(), lr={rho}).step()
for name, parameter in model.named_parameters():
    values[name + ".new"] = parameter.detach().numpy()


{compare}


sys.exit(compare(values))
