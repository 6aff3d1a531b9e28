"""PyTorch's time of what `npm run bench -- --suite gradients` measures: a picture, and a picture with gradients to all weights, on the
CPU, batch 1, at the shipped generator's sizes; and with a step of Adam. Run both in one sitting and compare the medians.

    python3 bench/peers/pytorch-step.py MODEL_PY [--threads 2] [--rounds 9]

MODEL_PY has `Config` and `Generator` in the layout of the published checkpoints. Weights are random: they do not change the time.
"""
import argparse
import importlib.util
import statistics
import sys
import time

import torch

SIZES = dict(size=64, style_dim=128, n_mlp=4, channels={4: 128, 8: 128, 16: 128, 32: 64, 64: 48})


def load(path):
    spec = importlib.util.spec_from_file_location('model', path)
    module = importlib.util.module_from_spec(spec)
    sys.modules['model'] = module
    spec.loader.exec_module(module)
    return module


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('model')
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--rounds', type=int, default=9)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    model = load(options.model)
    generator = model.Generator(model.Config(**SIZES))
    weights = [p for name, p in generator.named_parameters() if not name.startswith('style.')]
    adam = torch.optim.Adam(weights, lr=3e-4)
    latents = torch.randn(1, generator.cfg.n_latent, SIZES['style_dim'])
    target = torch.randn(1, 3, SIZES['size'], SIZES['size'])

    def loss():
        return (generator(latents) - target).square().mean()

    def picture():
        with torch.no_grad():
            loss()

    def step():
        adam.zero_grad()
        loss().backward()

    def step_with_adam():
        step()
        adam.step()

    contestants = dict(picture=picture, step=step, step_with_adam=step_with_adam)
    seconds = {name: [] for name in contestants}
    for round_number in range(options.rounds + 1):
        for name, run in contestants.items():
            begin = time.perf_counter()
            run()
            if round_number > 0:
                seconds[name].append(time.perf_counter() - begin)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    for name, median in medians.items():
        print(f'{name}: {1e3 * median:.1f} ms (median of {options.rounds}), {median / medians["picture"]:.2f} times the picture')


if __name__ == '__main__':
    main()
