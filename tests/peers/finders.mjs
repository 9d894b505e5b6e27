// SPDX-License-Identifier: MIT
// Faces by YuNet and UltraFace in ONNX Runtime: finders.mjs FOLDER MODEL.onnx... reads pictures as `fer-eval --task faces --write -` writes them and
// writes FOLDER/MODEL.csv, which `fer-eval --detections` scores. One line of JSON on standard output: {MODEL: median ms of a run on one thread}.
// ORT=FOLDER names the package onnxruntime-node.
import { createRequire } from 'node:module';
import { createWriteStream } from 'node:fs';
import { basename, join } from 'node:path';

const ort = createRequire (import.meta.url) (process.env.ORT);
const leastScore = 0.02, mostOverlap = 0.3, mostFaces = 256; // overlap: as both come with
const points = ['right_eye', 'left_eye', 'nose', 'mouth_right', 'mouth_left'];

// ---- pictures ---------------------------------------------------------------------------------------------------------------

async function* pictures (stream) {
  let have = [], size = 0;
  const chunks = stream[Symbol.asyncIterator] ();
  async function need (n) {
    while (size < n) {
      const { value, done } = await chunks.next ();
      if (done)
        return false;
      have.push (value);
      size += value.length;
    }
    have = [Buffer.concat (have)];
    return true;
  }
  function take (n) {
    const bytes = have[0].subarray (0, n);
    have = [have[0].subarray (n)];
    size -= n;
    return bytes;
  }
  while (await need (1)) {
    await need (512) || await need (size);
    const head = have[0].toString ('latin1', 0, 512).match (/^P6\n# (\S+) (.*)\n(\d+) (\d+)\n255\n/);
    if (!head)
      throw new Error ('a picture does not begin as fer-eval writes it');
    take (Buffer.byteLength (head[0], 'latin1'));
    const w = +head[3], h = +head[4];
    if (!await need (3 * w * h))
      throw new Error (`${head[2]}: ends early`);
    yield { view: head[1], file: head[2], w, h, rgb: take (3 * w * h) };
  }
}

// What picture [from, to) of a line covers of its pixels: [[index, weight], ...].
function spans (n, length) {
  return Array.from ({ length: n }, (_, i) => {
    const from = i * length / n, to = (i + 1) * length / n, list = [];
    for (let k = Math.floor (from); k < Math.min (Math.ceil (to - 1e-9), length); k++)
      list.push ([k, (Math.min (k + 1, to) - Math.max (k, from)) / (to - from)]);
    return list;
  });
}

// Area average where the picture is larger than the network's input.
function reduce (picture, w, h) {
  const columns = spans (w, picture.w), rows = spans (h, picture.h), rgb = new Float32Array (3 * w * h);
  for (let i = 0; i < h; i++)
    for (let j = 0; j < w; j++)
      for (const [y, a] of rows[i])
        for (const [x, b] of columns[j])
          for (let c = 0; c < 3; c++)
            rgb[3 * (i * w + j) + c] += a * b * picture.rgb[3 * (y * picture.w + x) + c];
  return { w, h, rgb };
}

// The picture in the upper left corner of (1, 3, h, w), 0 around it; scale: input pixels of one of its own.
function tensor (picture, { w, h, order, mean, sd }) {
  const scale = Math.min (1, w / picture.w, h / picture.h);
  const seen = scale < 1 ? reduce (picture, Math.round (picture.w * scale), Math.round (picture.h * scale)) : picture;
  const data = new Float32Array (3 * h * w);
  for (let c = 0; c < 3; c++)
    for (let i = 0; i < seen.h; i++)
      for (let j = 0; j < seen.w; j++)
        data[(c * h + i) * w + j] = (seen.rgb[3 * (i * seen.w + j) + order[c]] - mean) / sd;
  return { scale, tensor: new ort.Tensor ('float32', data, [1, 3, h, w]) };
}

// ---- networks ---------------------------------------------------------------------------------------------------------------

// Per cell of stride s in column c and row r: centre s (c + b0), s (r + b1), size s e^b2, s e^b3; score = sqrt (class objectness).
function decodeYunet (out, { w }) {
  const found = [];
  for (const s of [8, 16, 32]) {
    const [cls, obj, box, kps] = ['cls', 'obj', 'bbox', 'kps'].map (name => out[`${name}_${s}`].data), columns = w / s;
    for (let i = 0; i < cls.length; i++) {
      const score = Math.sqrt (Math.min (Math.max (cls[i], 0), 1) * Math.min (Math.max (obj[i], 0), 1));
      if (score < leastScore)
        continue;
      const c = i % columns, r = Math.floor (i / columns), bw = s * Math.exp (box[4 * i + 2]), bh = s * Math.exp (box[4 * i + 3]);
      const face = { x: s * (c + box[4 * i]) - bw / 2, y: s * (r + box[4 * i + 1]) - bh / 2, w: bw, h: bh, score, points: [] };
      for (let k = 0; k < 10; k += 2)
        face.points.push (s * (c + kps[10 * i + k]), s * (r + kps[10 * i + k + 1]));
      found.push (face);
    }
  }
  return found;
}

const anchors = [[8, [10, 16, 24]], [16, [32, 48]], [32, [64, 96]], [64, [128, 192, 256]]]; // stride, sides in pixels of the input

// Per anchor of side a at the centre of a cell: centre + 0.1 a (b0, b1), size a e^(b2 / 5), a e^(b3 / 5); the second score is a face's.
function decodeUltraface (out, { w, h }) {
  const found = [], scores = out.scores.data, boxes = out.boxes.data;
  let i = 0;
  for (const [stride, sides] of anchors)
    for (let r = 0; r < Math.ceil (h / stride); r++)
      for (let c = 0; c < Math.ceil (w / stride); c++)
        for (const a of sides) {
          const [b0, b1, b2, b3] = boxes.subarray (4 * i, 4 * i + 4), score = scores[2 * i++ + 1];
          const x = Math.min ((c + 0.5) * stride, w) + 0.1 * a * b0, y = Math.min ((r + 0.5) * stride, h) + 0.1 * a * b1;
          const bw = a * Math.exp (0.2 * b2), bh = a * Math.exp (0.2 * b3);
          if (score >= leastScore)
            found.push ({ x: x - bw / 2, y: y - bh / 2, w: bw, h: bh, score, points: [] });
        }
  return found;
}

function overlap (a, b) {
  const w = Math.min (a.x + a.w, b.x + b.w) - Math.max (a.x, b.x), h = Math.min (a.y + a.h, b.y + b.h) - Math.max (a.y, b.y);
  return w > 0 && h > 0 ? w * h / (a.w * a.h + b.w * b.h - w * h) : 0;
}

function suppress (found) {
  const kept = [];
  for (const face of found.sort ((a, b) => b.score - a.score))
    if (kept.length < mostFaces && kept.every (other => overlap (other, face) <= mostOverlap))
      kept.push (face);
  return kept;
}

async function open (folder, path) {
  const session = await ort.InferenceSession.create (path, { intraOpNumThreads: 1, interOpNumThreads: 1, executionMode: 'sequential',
                                                              graphOptimizationLevel: 'all', logSeverityLevel: 3 });
  const shape = session.inputMetadata[0].shape, name = basename (path, '.onnx'), yunet = session.outputNames.includes ('cls_8');
  const kind = yunet ? { order: [2, 1, 0], mean: 0, sd: 1, decode: decodeYunet } : { order: [0, 1, 2], mean: 127, sd: 128, decode: decodeUltraface };
  const csv = createWriteStream (join (folder, `${name}.csv`));
  csv.write (['view,file,x,y,w,h,score', ...yunet ? points.map (point => `${point}_x,${point}_y`) : []].join (',') + '\n');
  return { session, name, h: shape[2], w: shape[3], csv, times: [], ...kind };
}

async function find (net, picture) {
  const { scale, tensor: input } = tensor (picture, net), start = process.hrtime.bigint ();
  const out = await net.session.run ({ [net.session.inputNames[0]]: input });
  net.times.push (Number (process.hrtime.bigint () - start) * 1e-6);
  for (const face of suppress (net.decode (out, net)))
    net.csv.write ([picture.view, picture.file, ...[face.x, face.y, face.w, face.h].map (x => (x / scale).toFixed (2)), face.score.toFixed (6),
                    ...face.points.map (x => (x / scale).toFixed (2))].join (',') + '\n');
}

const [folder, ...models] = process.argv.slice (2);
const nets = await Promise.all (models.map (path => open (folder, path)));
for await (const picture of pictures (process.stdin))
  for (const net of nets)
    await find (net, picture);
await Promise.all (nets.map (net => new Promise (done => net.csv.end (done))));
console.log (JSON.stringify (Object.fromEntries (nets.map (({ name, times }) => [name, times.sort ((a, b) => a - b)[times.length >> 1]]))));
