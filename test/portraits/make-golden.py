"""Writes golden.json and golden.f32: portraits of the training renderer, for the TypeScript port to be held against.

    make-golden.py ../shared/training      # any PyTorch from 1.13
"""
import json, os, sys
import torch
sys.path.insert(0, sys.argv[1])
import portraits
from train import attrs_of

here = os.path.dirname(os.path.abspath(__file__))
g = torch.Generator().manual_seed(7)
z, acc = torch.randn(3, 128, generator=g), torch.rand(3, 24, generator=g)
items = {'stripes': 0, 'freckles': 4, 'paint': 6, 'glasses': 10, 'dark': 16, 'earrings': 17, 'hat': 20}
acc[1, list(items.values())] = 0.1            # one wears everything
acc[2, [10, 4]] = 0.2                          # one wears clear glasses and freckles
acc[2, [16, 0, 6, 17, 20]] = 0.9
attributes = attrs_of(z)
attributes[2, 0] = 0.95                        # and looks aside
pictures = [portraits.render(attributes[i:i + 1], None if i == 0 else acc[i:i + 1], 64)[0] for i in range(3)]
torch.stack(pictures).numpy().astype('<f4').tofile(f'{here}/golden.f32')
json.dump({'what': 'portraits [3, 3, 64, 64] in golden.f32; attributes of `z` except yaw of the last', 'z': z.tolist(),
           'attributes': attributes.tolist(), 'accessories': [None] + acc[1:].tolist()}, open(f'{here}/golden.json', 'w'))
