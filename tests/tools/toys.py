# SPDX-License-Identifier: MIT
"""Files that tests of tools make for themselves in their scratch folder."""
import os

from PIL import Image
from tap import run


def save(folder, name, picture, **options):
    """A picture, or an array of pixels, as a file; returns its path."""
    path = os.path.join(folder, name)
    (picture if isinstance(picture, Image.Image) else Image.fromarray(picture)).save(path, **options)
    return path


def finder(toy_model, folder):
    """A model that finds white squares (tests/fer/toy.h); returns its path."""
    path = os.path.join(folder, 'finder.onnx')
    if not os.path.exists(path):
        run(toy_model, path, 'finder')
    return path
