"""PyTorch's time of what `npm run bench -- --suite gradients` measures: a picture, and a picture with gradients to all weights, on the
CPU, batch 1, at the shipped generator's sizes; and with a step of Adam. With --training what `--suite training` measures: five passes of
the shipped hypernetwork over two pictures, and with gradients and a step of Adam. Run both in one sitting and compare the medians.

    python3 bench/peers/pytorch-step.py MODEL_PY [--threads 2] [--rounds 9] [--training]

MODEL_PY has `Config`, `Generator` and `HyperStyle` in the layout of the published checkpoints. Weights are random: they do not change the time.
"""
import argparse
import importlib.util
import statistics
import sys
import time

import torch

SIZES = dict(size=64, style_dim=128, n_mlp=4, channels={4: 128, 8: 128, 16: 128, 32: 64, 64: 48})
TRUNKS = dict(input_size=64, enc_stem=32, enc_widths=(32, 64, 96, 128), enc_units=(2, 2, 3, 2), hyper_stem=48, hyper_widths=(48, 96, 128),
              hyper_units=(2, 2, 2), shared_inner=48, inner=64, out_c=128, layers_to_tune=[0, 2, 3, 5, 6, 8, 9, 11, 12])
PICTURES, PASSES = 2, 5


def load(path):
    spec = importlib.util.spec_from_file_location('model', path)
    module = importlib.util.module_from_spec(spec)
    sys.modules['model'] = module
    spec.loader.exec_module(module)
    return module


def generator_steps(model):
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

    return dict(picture=picture, step=step, step_with_adam=step_with_adam)


def training(model):
    net = model.HyperStyle(model.Config(**SIZES, **TRUNKS)).eval()
    adam = torch.optim.Adam(net.hypernet.parameters(), lr=1e-4)
    x = torch.rand(PICTURES, 3, SIZES['size'], SIZES['size']) * 2 - 1

    def passes(after):
        with torch.no_grad():
            codes = net.encode(x)
            y = net.decoder(codes)
        deltas = None
        for _ in range(PASSES):
            y, deltas = net.step(x, net.pool(y.detach()), codes, deltas)
            after((y - x).square().mean())
            deltas = [None if d is None else d.detach() for d in deltas]

    def forward():
        with torch.no_grad():
            passes(lambda loss: None)

    def step():
        adam.zero_grad()
        passes(lambda loss: loss.backward())
        adam.step()

    return dict(forward=forward, step=step)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('model')
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--rounds', type=int, default=9)
    parser.add_argument('--training', action='store_true')
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    model = load(options.model)
    contestants = training(model) if options.training else generator_steps(model)
    seconds = {name: [] for name in contestants}
    for round_number in range(options.rounds + 1):
        for name, run in contestants.items():
            begin = time.perf_counter()
            run()
            if round_number > 0:
                seconds[name].append(time.perf_counter() - begin)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    first = next(iter(contestants))
    for name, median in medians.items():
        print(f'{name}: {1e3 * median:.1f} ms (median of {options.rounds}), {median / medians[first]:.2f} times {first}')


if __name__ == '__main__':
    main()
