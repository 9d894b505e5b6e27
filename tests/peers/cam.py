# SPDX-License-Identifier: MIT
"""Grad-CAM, Grad-CAM++ and LayerCAM once more, independent of the C code: an ONNX file read by its wire format, forward and backward in numpy's float64.
For chains of Conv, BatchNormalization, Relu, MaxPool, Flatten or Reshape, Gemm, Dropout, Identity and Softmax, one image of one channel at a time."""
import struct

import numpy


# ---- the file ------------------------------------------------------------------------------------------------------------------

def varint(data, at):
    value = shift = 0
    while True:
        value |= (data[at] & 127) << shift
        shift += 7
        at += 1
        if data[at - 1] < 128:
            return value, at


def fields(data):
    """[(number, value)] of a message: integers, or bytes."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        if key & 7 == 0:
            value, at = varint(data, at)
        elif key & 7 == 5:
            value, at = data[at:at + 4], at + 4
        elif key & 7 == 1:
            value, at = data[at:at + 8], at + 8
        else:
            size, at = varint(data, at)
            value, at = data[at:at + size], at + size
        yield key >> 3, value


def packed(value):
    if isinstance(value, int):
        return [value]
    numbers, at = [], 0
    while at < len(value):
        number, at = varint(value, at)
        numbers.append(number)
    return numbers


def tensor(data):
    dims, name, raw, kind = [], '', b'', 1
    for number, value in fields(data):
        if number == 1:
            dims += packed(value)
        elif number == 2:
            kind = value
        elif number == 8:
            name = value.decode()
        elif number == 9:
            raw = value
    return name, numpy.frombuffer(raw, {1: '<f4', 7: '<i8', 10: '<f2'}[kind]).reshape(dims).astype(numpy.float64)


def node(data):
    it = {'in': [], 'out': [], 'op': '', 'attributes': {}}
    for number, value in fields(data):
        if number == 1:
            it['in'].append(value.decode())
        elif number == 2:
            it['out'].append(value.decode())
        elif number == 4:
            it['op'] = value.decode()
        elif number == 5:
            name, content = '', []
            for key, part in fields(value):
                if key == 1:
                    name = part.decode()
                elif key == 2:
                    content = struct.unpack('<f', part)[0]
                elif key == 3:
                    content = part
                elif key == 8:
                    content += packed(part)
            it['attributes'][name] = content
    return it


def load(path):
    """Nodes in order, and the constants by name, those of half precision by their names behind the Cast, too."""
    with open(path, 'rb') as file:
        graph = next(value for number, value in fields(file.read()) if number == 7)
    nodes = [node(value) for number, value in fields(graph) if number == 1]
    constants = dict(tensor(value) for number, value in fields(graph) if number == 5)
    constants |= {it['out'][0]: constants[it['in'][0]] for it in nodes if it['op'] == 'Cast'}
    return [it for it in nodes if it['op'] != 'Cast'], constants


# ---- operators: forward gives the value and what takes a derivative back -------------------------------------------------------

def conv(x, weights, bias, it):
    assert it.get('strides', [1, 1]) == [1, 1] and it.get('group', 1) == 1
    top, left, bottom, right = it.get('pads', [0, 0, 0, 0])
    k, _, kh, kw = weights.shape
    wide = numpy.pad(x, ((0, 0), (top, bottom), (left, right)))
    h, w = wide.shape[1] - kh + 1, wide.shape[2] - kw + 1
    y = numpy.zeros((k, h, w)) + (0 if bias is None else bias[:, None, None])
    for i in range(kh):
        for j in range(kw):
            y += numpy.tensordot(weights[:, :, i, j], wide[:, i:i + h, j:j + w], 1)

    def back(dy):
        dx = numpy.zeros_like(wide)
        for i in range(kh):
            for j in range(kw):
                dx[:, i:i + h, j:j + w] += numpy.tensordot(weights[:, :, i, j].T, dy, 1)
        return dx[:, top:top + x.shape[1], left:left + x.shape[2]]
    return y, back


def max_pool(x, it):
    assert it['kernel_shape'] == it['strides'] == [2, 2]
    c, h, w = x.shape[0], x.shape[1] // 2, x.shape[2] // 2
    windows = x[:, :2 * h, :2 * w].reshape(c, h, 2, w, 2).transpose(0, 1, 3, 2, 4).reshape(c, h, w, 4)
    best = windows.argmax(3)

    def back(dy):
        dwindows = numpy.zeros_like(windows)
        numpy.put_along_axis(dwindows, best[..., None], dy[..., None], 3)
        dx = numpy.zeros_like(x)
        dx[:, :2 * h, :2 * w] = dwindows.reshape(c, h, w, 2, 2).transpose(0, 1, 3, 2, 4).reshape(c, 2 * h, 2 * w)
        return dx
    return windows.max(3), back


def step(it, x, constants):
    op, attributes = it['op'], it['attributes']
    inputs = [constants.get(name) for name in it['in'][1:]]
    if op == 'Conv':
        return conv(x, inputs[0], inputs[1] if len(inputs) > 1 else None, attributes)
    if op == 'BatchNormalization':
        gamma, beta, mean, variance = inputs
        scale = gamma / numpy.sqrt(variance + attributes.get('epsilon', 1e-5))
        shape = (-1,) + (1,) * (x.ndim - 1)
        return x * scale.reshape(shape) + (beta - mean * scale).reshape(shape), lambda dy: dy * scale.reshape(shape)
    if op == 'Relu':
        return numpy.maximum(x, 0), lambda dy: dy * (x > 0)
    if op == 'MaxPool':
        return max_pool(x, attributes)
    if op in ('Flatten', 'Reshape'):
        return x.reshape(-1), lambda dy: dy.reshape(x.shape)
    if op == 'Gemm':
        weights = inputs[0] if attributes.get('transB') else inputs[0].T
        return weights @ x + (inputs[1] if len(inputs) > 1 else 0), lambda dy: weights.T @ dy
    assert op in ('Dropout', 'Identity'), f'{op} is not known here'
    return x, lambda dy: dy


# ---- maps ----------------------------------------------------------------------------------------------------------------------

def explain(path, image, size):
    """logits, and {method: [map of each class]} of the last Relu of at least size x size positions; image (h, w) as the network wants it."""
    nodes, constants = load(path)
    x, steps, target = numpy.asarray(image, numpy.float64)[None], [], -1
    values = []
    for it in nodes:
        if it['op'] == 'Softmax':
            break
        x, back = step(it, x, constants)
        steps.append(back)
        values.append(x)
        if it['op'] == 'Relu' and x.ndim == 3 and min(x.shape[1:]) >= size:
            target = len(values) - 1
    maps = {'gradcam': [], 'gradcam++': [], 'layercam': []}
    a = values[target]
    for label in range(len(x)):
        g = numpy.eye(len(x))[label]
        for back in reversed(steps[target + 1:]):
            g = back(g)
        square, cube = g ** 2, g ** 3
        below = 2 * square + a.sum((1, 2), keepdims=True) * cube
        share = numpy.divide(square, below, out=numpy.zeros_like(g), where=below > 0)
        maps['gradcam'].append(numpy.maximum((g.mean((1, 2), keepdims=True) * a).sum(0), 0))
        maps['gradcam++'].append(numpy.maximum(((share * numpy.maximum(g, 0)).sum((1, 2), keepdims=True) * a).sum(0), 0))
        maps['layercam'].append(numpy.maximum((numpy.maximum(g, 0) * a).sum(0), 0))
    return x, maps
