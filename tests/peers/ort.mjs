// SPDX-License-Identifier: MIT
// ONNX Runtime at work for speed.py: a line of JSON in, {"model", "batch", "threads", "rounds", "seconds"}, gives one out,
// {"median_ms_per_image", "min_ms_per_image", "runs"}. ORT=FOLDER names the package onnxruntime-node. Sessions stay open from line to line.
import { createInterface } from 'node:readline';
import { createRequire } from 'node:module';

const ort = createRequire (import.meta.url) (process.env.ORT);
const sessions = new Map ();

async function open ({ model, threads, batch }) {
  const key = `${model} ${threads}`;
  if (!sessions.has (key))
    sessions.set (key, await ort.InferenceSession.create (model, { intraOpNumThreads: threads, interOpNumThreads: 1, executionMode: 'sequential',
                                                                   graphOptimizationLevel: 'all', logSeverityLevel: 3 }));
  const session = sessions.get (key), input = session.inputMetadata[0];
  const dims = input.shape.map ((size, i) => typeof size == 'number' && i > 0 ? size : i == 0 ? batch : 48);
  const data = Float32Array.from ({ length: dims.reduce ((a, b) => a * b, 1) }, () => 2 * Math.random () - 1);
  return { session, feeds: { [input.name]: new ort.Tensor ('float32', data, dims) } };
}

// As fer-bench measures: a tenth of the time for nothing, then so often and so long as asked.
async function measure (job) {
  const { session, feeds } = await open (job), times = [], now = () => Number (process.hrtime.bigint ()) * 1e-6;
  let begin = now ();
  do
    await session.run (feeds);
  while (now () - begin < job.seconds * 100);
  begin = now ();
  while (times.length < job.rounds || now () - begin < job.seconds * 1000) {
    const start = now ();
    await session.run (feeds);
    times.push (now () - start);
  }
  times.sort ((a, b) => a - b);
  const n = times.length, median = (times[n >> 1] + times[(n - 1) >> 1]) / 2;
  return { median_ms_per_image: median / job.batch, min_ms_per_image: times[0] / job.batch, runs: n };
}

console.log (JSON.stringify ({ version: ort.env.versions.node ?? ort.env.versions.common }));
for await (const line of createInterface ({ input: process.stdin }))
  console.log (JSON.stringify (await measure (JSON.parse (line)).catch (error => ({ error: error.message }))));
