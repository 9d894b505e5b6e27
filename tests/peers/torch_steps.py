# SPDX-License-Identifier: MIT
"""PyTorch at work for speed.py: a line of JSON in, {"name", "onnx" (base64), "batch", "threads", "mode": "fp32"|"bf16", "rounds", "seconds"}, gives one
out, {"images_per_second", "runs"}: training steps of the network that the ONNX file holds, channels_last, Adam, cross-entropy, as users write them."""
import base64
import json
import sys
import time

import onnx
import torch
import torch.nn.functional as F
from onnx import numpy_helper


class Net(torch.nn.Module):
    """The file's nodes as PyTorch's own modules, called in the file's order."""

    def __init__(self, graph):
        super().__init__()
        self.weights = {t.name: torch.from_numpy(numpy_helper.to_array(t).copy()) for t in graph.initializer}
        self.readers = [name for node in graph.node for name in node.input]
        self.input = next(i.name for i in graph.input if i.name not in self.weights)
        self.shape = [d.dim_value for d in next(i for i in graph.input if i.name == self.input).type.tensor_type.shape.dim]
        self.steps = []
        self.parts = torch.nn.ModuleList()
        for node in graph.node:
            part = self.make(node)
            if part is not None:
                self.steps.append((part, [name for name in node.input if name and name not in self.weights], node.output[0]))
        self.output = graph.output[0].name

    def make(self, node):
        """A function of the node's inputs that are no weights; None for a constant and for a last softmax, which the loss has."""
        attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
        names, weights = list(node.input), self.weights
        alone = names and self.readers.count(names[0]) == 1  # nobody else needs what an activation overwrites
        if node.op_type == 'Conv':
            w, pads = weights[names[1]], attributes.get('pads', [0, 0, 0, 0])
            if pads[:2] != pads[2:]:
                sys.exit(f'{node.name}: pads {pads} are not the same on both sides')
            part = torch.nn.Conv2d(w.shape[1] * attributes.get('group', 1), w.shape[0], tuple(w.shape[2:]), tuple(attributes.get('strides', [1, 1])),
                                   tuple(pads[:2]), tuple(attributes.get('dilations', [1, 1])), attributes.get('group', 1), len(names) > 2)
            part.weight.data = w
            if len(names) > 2:
                part.bias.data = weights[names[2]]
        elif node.op_type == 'BatchNormalization':
            part = torch.nn.BatchNorm2d(len(weights[names[1]]), attributes.get('epsilon', 1e-5))
        elif node.op_type == 'Gemm':
            w = weights[names[1]] if attributes.get('transB') else weights[names[1]].T
            part = torch.nn.Linear(w.shape[1], w.shape[0])
            part.weight.data = w.contiguous()
        elif node.op_type == 'Dropout':
            part = torch.nn.Dropout(float(weights[names[1]]) if len(names) > 1 else attributes.get('ratio', 0.5))
        elif node.op_type in ('MaxPool', 'AveragePool'):
            pool = torch.nn.MaxPool2d if node.op_type == 'MaxPool' else torch.nn.AvgPool2d
            part = pool(tuple(attributes['kernel_shape']), tuple(attributes.get('strides', [1, 1])), tuple(attributes.get('pads', [0, 0, 0, 0])[:2]))
        elif node.op_type == 'Constant':
            weights[node.output[0]] = torch.from_numpy(numpy_helper.to_array(attributes['value']).copy())
            return None
        elif node.op_type == 'Identity' and names[0] in weights:
            weights[node.output[0]] = weights[names[0]]
            return None
        else:
            part = {
                'Add': lambda a, b: a + b,
                'Flatten': lambda x: x.flatten(1),
                'GlobalAveragePool': lambda x: x.mean((2, 3), keepdim=True),
                'Identity': lambda x: x,
                'ReduceMean': lambda x: x.mean(tuple(attributes['axes']), keepdim=bool(attributes.get('keepdims', 1))),
                'Relu': lambda x: F.relu(x, inplace=alone),
                'Softmax': lambda x: x,
            }.get(node.op_type)
            if part is None:
                sys.exit(f'{node.name}: {node.op_type} is not an operator that this script trains')
            return part
        self.parts.append(part)
        return part

    def forward(self, x):
        values = {self.input: x}
        for part, names, output in self.steps:
            values[output] = part(*[values[name] for name in names])
        return values[self.output]


class Trainee:
    """A network in training: its batch, its optimiser, one step at a time."""

    def __init__(self, job):
        graph = onnx.load_model_from_string(base64.b64decode(job['onnx'])).graph
        torch.manual_seed(1)
        self.net = Net(graph).to(memory_format=torch.channels_last).train()
        self.optimiser = torch.optim.Adam(self.net.parameters(), 1e-3)
        shape = [job['batch']] + [size or 48 for size in self.net.shape[1:]]
        self.x = torch.randn(*shape).contiguous(memory_format=torch.channels_last)
        self.bf16 = job['mode'] == 'bf16'
        with torch.no_grad():
            classes = self.net.eval()(self.x[:1]).flatten(1).shape[1]
        self.net.train()
        self.y = torch.randint(0, classes, (job['batch'],))
        self.step()

    def step(self):
        start = time.perf_counter()
        self.optimiser.zero_grad(set_to_none=True)
        with torch.autocast('cpu', torch.bfloat16, enabled=self.bf16):
            loss = F.cross_entropy(self.net(self.x).flatten(1), self.y)
        loss.backward()
        self.optimiser.step()
        return time.perf_counter() - start


def main():
    trainees = {}
    with open('/proc/cpuinfo', encoding='ascii', errors='replace') as file:
        flags = file.read()
    print(json.dumps({'version': torch.__version__.split('+')[0], 'bf16': any(word in flags for word in ('avx512_bf16', 'amx_bf16'))}), flush=True)
    for line in sys.stdin:
        job = json.loads(line)
        torch.set_num_threads(job['threads'])
        key = (job['name'], job['mode'])
        if key not in trainees:
            trainees[key] = Trainee(job)
        trainee, times, begin = trainees[key], [], time.perf_counter()
        trainee.step()
        while len(times) < job['rounds'] or time.perf_counter() - begin < job['seconds']:
            times.append(trainee.step())
        times.sort()
        median = (times[len(times) // 2] + times[(len(times) - 1) // 2]) / 2
        print(json.dumps({'images_per_second': job['batch'] / median, 'runs': len(times)}), flush=True)


main()
