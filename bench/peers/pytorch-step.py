"""PyTorch's time of what `npm run bench -- --suite gradients` measures: a picture, and a picture with gradients to all weights, on the
CPU, batch 1, at the shipped generator's sizes; and with a step of Adam. With --training what `--suite training` measures: five passes of
the shipped hypernetwork over two pictures, and with gradients and a step of Adam. Run both in one sitting and compare the medians; processor
seconds are printed beside them, since a loaded machine moves those less.

    python3 bench/peers/pytorch-step.py MODEL_PY [--model models/clay-portraits-128] [--threads 2] [--rounds 9] [--training]

MODEL_PY has `Config`, `Generator` and `HyperStyle` in the layout of the published checkpoints. Sizes are those of the model folder; weights
are random: they do not change the time.
"""
import argparse
import importlib.util
import json
import pathlib
import statistics
import sys
import time

import torch

SHIPPED = pathlib.Path(__file__).resolve().parents[2] / 'models' / 'clay-portraits-128'
PICTURES, PASSES = 2, 5


def sizes_of(folder):
    """What `Config` takes, from a model folder's model.json."""
    model = json.loads((pathlib.Path(folder) / 'model.json').read_text())
    networks, shapes = model['networks'], {name: info['shape'] for name, info in model['tensors'].items()}
    generator, encoder, hyper = networks['generator'], networks['encoder'], networks['hypernetwork']
    first_filter = hyper['prefix'] + '.refinement_blocks.{}.convs.0.weight'
    own = next(layer for layer in hyper['tunedLayers'] if layer not in hyper['sharedLayers'])
    return dict(
        size=generator['size'], style_dim=generator['styleDim'], n_mlp=generator['mappingLayers'],
        channels={int(side): width for side, width in generator['channels'].items()},
        input_size=generator['inputSize'],
        enc_stem=encoder['stem'], enc_widths=tuple(encoder['widths']), enc_units=tuple(encoder['units']),
        hyper_stem=hyper['stem'], hyper_widths=tuple(hyper['widths']), hyper_units=tuple(hyper['units']),
        shared_inner=shapes[first_filter.format(hyper['sharedLayers'][0])][0], inner=shapes[first_filter.format(own)][0],
        out_c=shapes[hyper['prefix'] + '.shared_weight_hypernet.w1'][0], layers_to_tune=hyper['tunedLayers'])


def load(path):
    spec = importlib.util.spec_from_file_location('model', path)
    module = importlib.util.module_from_spec(spec)
    sys.modules['model'] = module
    spec.loader.exec_module(module)
    return module


def generator_steps(model, config):
    generator = model.Generator(config)
    weights = [p for name, p in generator.named_parameters() if not name.startswith('style.')]
    adam = torch.optim.Adam(weights, lr=3e-4)
    latents = torch.randn(1, config.n_latent, config.style_dim)
    target = torch.randn(1, 3, config.size, config.size)

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


def training(model, config):
    net = model.HyperStyle(config).eval()
    adam = torch.optim.Adam(net.hypernet.parameters(), lr=1e-4)
    x = torch.rand(PICTURES, 3, config.input_size, config.input_size) * 2 - 1

    def passes(after):
        with torch.no_grad():
            codes = net.encode(x)
            y = net.pool(net.decoder(codes))
        deltas = None
        for _ in range(PASSES):
            y, deltas = net.step(x, y.detach(), codes, deltas)
            y = net.pool(y)
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
    parser.add_argument('definition', metavar='MODEL_PY')
    parser.add_argument('--model', default=SHIPPED)
    parser.add_argument('--threads', type=int, default=2)
    parser.add_argument('--rounds', type=int, default=9)
    parser.add_argument('--training', action='store_true')
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    model = load(options.definition)
    config = model.Config(**sizes_of(options.model))
    contestants = (training if options.training else generator_steps)(model, config)
    seconds, busy = [{name: [] for name in contestants} for _ in range(2)]
    for round_number in range(options.rounds + 1):
        for name, run in contestants.items():
            begin, spent = time.perf_counter(), time.process_time()
            run()
            if round_number > 0:
                seconds[name].append(time.perf_counter() - begin)
                busy[name].append(time.process_time() - spent)
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    first = next(iter(contestants))
    for name, median in medians.items():
        print(f'{name}: {1e3 * median:.1f} ms (median of {options.rounds}), {median / medians[first]:.2f} times {first}; '
              f'{1e3 * statistics.median(busy[name]):.1f} ms of processors')


if __name__ == '__main__':
    main()
