// SPDX-License-Identifier: MIT
// Records what ONNX Runtime makes of the models of onnx_models.py:
//
//   npm i --ignore-scripts --prefix FOLDER onnxruntime-node        (FOLDER outside of this repository)
//   ORT=FOLDER/node_modules/onnxruntime-node node tests/nn/onnx_record.mjs tests/data/onnx tests/data/onnx/recorded.txt
//   ORT=FOLDER/node_modules/onnxruntime-node node tests/nn/onnx_record.mjs ../shared/peers tests/data/onnx/recorded_peers.txt 100
//
// The second file gets, for each model:  model NAME / input DIMS / output DIMS / the output's numbers. The last word is how many of an output's are
// enough: then DIMS are followed by "every n", and only every n-th number is there. Open sizes are n = 2, h = 9, w = 11 (resnet: 40, 36).
// Inputs need no record: number i is ((i + 1) * 2654435761 mod 2^32 >> 8) / 2^24, in the file's own order.
import { createRequire } from 'node:module';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const ort = createRequire (import.meta.url) (process.env.ORT ?? 'onnxruntime-node');
const [folder, recorded, enough] = process.argv.slice (2);
const lines = [];
for (const file of readdirSync (folder).filter (name => name.endsWith ('.onnx')).sort ()) {
  const session = await ort.InferenceSession.create (join (folder, file), { graphOptimizationLevel: 'basic', logSeverityLevel: 3 });
  const name = session.inputNames[0], large = file.includes ('resnet');
  const open = { h: large ? 40 : 9, w: large ? 36 : 11 };
  const dims = session.inputMetadata[0].shape.map (size => typeof size === 'number' && size > 0 ? size : open[size] ?? 2);
  const count = dims.reduce ((a, b) => a * b, 1);
  const data = Float32Array.from ({ length: count }, (_, i) => (Math.imul (i + 1, 2654435761) >>> 8) / 16777216);
  const result = await session.run ({ [name]: new ort.Tensor ('float32', data, dims) });
  lines.push (`model ${file.slice (0, -5)}`, `input ${dims.join (' ')}`);
  for (const output of session.outputNames) {
    const { dims, data } = result[output], step = enough ? Math.ceil (data.length / enough) : 1;
    lines.push (`output ${dims.join (' ')}` + (step > 1 ? ` every ${step}` : ''),
                Array.from (data).filter ((_, i) => i % step === 0).map (value => Number (value.toPrecision (8))).join (' '));
  }
}
writeFileSync (recorded, lines.join ('\n') + '\n');
console.log (`${lines.filter (line => line.startsWith ('model')).length} models`);
