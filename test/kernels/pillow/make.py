"""Writes expected.json: what Pillow's antialiased BILINEAR makes of a formula picture. Run with any Pillow >= 9."""
import json
import pathlib

from PIL import Image

CASES = [(23, 17, 8), (5, 3, 8), (64, 1, 4), (8, 8, 8), (9, 31, 5), (100, 260, 16)]


def picture(width, height):
    return bytes((x * x * 7 + y * 29 + x * y * 3 + c * 101) % 256 for y in range(height) for x in range(width) for c in range(3))


def main():
    cases = []
    for width, height, size in CASES:
        image = Image.frombytes('RGB', (width, height), picture(width, height))
        resized = image.resize((size, size), Image.BILINEAR)
        cases.append({'width': width, 'height': height, 'size': size, 'rgb': list(resized.tobytes())})
    path = pathlib.Path(__file__).with_name('expected.json')
    path.write_text(json.dumps(cases, separators=(',', ':')) + '\n')


main()
