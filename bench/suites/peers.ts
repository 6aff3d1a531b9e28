/** The same generator in browser runtimes and in ours: same page, same run, same adapter, outputs compared first. */

import { type Contestant, type ContestResult, contest } from '../contest.ts';
import { openOnnxRuntime } from '../peers/onnxruntime.ts';
import { openOurs } from '../peers/ours.ts';
import type { Peer } from '../peers/peer.ts';
import { openTfjs } from '../peers/tfjs.ts';
import type { BenchRow } from '../report.ts';
import type { SuiteContext } from './context.ts';
import { checkImage, loadQuarter, PICTURE, type Quarter } from './models.ts';

const MODEL = 'peers/generator-256-quarter.onnx';

function contestant(c: SuiteContext, peer: Peer, quarter: Quarter): Contestant {
  return {
    name: peer.name,
    async check() {
      await c.note(`${peer.name} ${peer.variant}: first run`);
      return checkImage(peer.planar(await peer.run()), quarter);
    },
    async sample() {
      const begin = performance.now();
      await peer.run();
      const seconds = (performance.now() - begin) / 1e3;
      await c.note(`${peer.name}: ${seconds.toPrecision(3)} s`);
      return seconds;
    },
  };
}

/** Opens the contestants that this host can run. */
async function openPeers(c: SuiteContext, quarter: Quarter): Promise<Peer[]> {
  const peers = [openOurs(quarter)];
  if (!c.browser) {
    await c.note('peers run in Chrome only; here the generator runs alone');
    return peers;
  }
  const onnx = await c.get(MODEL);
  peers.push(await openTfjs(quarter));
  peers.push(await openOnnxRuntime(c.url('ort/'), onnx, quarter.w, 'NHWC'));
  return peers;
}

async function report(c: SuiteContext, quarter: Quarter, peers: readonly Peer[], results: readonly ContestResult[]) {
  const { engine } = quarter;
  const flops = PICTURE.reduce((sum, graph) => sum + (engine.executable(graph)?.flops ?? 0), 0);
  for (const [i, { name, check, seconds }] of results.entries()) {
    const row: BenchRow = {
      suite: 'peers',
      group: 'generator-256-quarter, w → picture on the CPU',
      name,
      what: '256 px',
      variant: peers[i]?.variant ?? '',
      scaled: null,
      count: 1,
      check,
      seconds,
      flops,
      bytes: 0,
      pace: null,
    };
    await c.row(row);
  }
  const [ours, ...others] = results;
  for (const other of others) {
    if (!ours?.seconds || !other.seconds) continue;
    const ratio = other.seconds.median / ours.seconds.median;
    await c.finding({ suite: 'peers', text: `${ratio.toFixed(2)}x as fast as ${other.name}` });
  }
}

/** Runs the contest. */
export async function peersSuite(c: SuiteContext): Promise<void> {
  if (!c.peers) return c.note('peers left out: no peers folder (name one with --peers)');
  const quarter = await loadQuarter(c);
  const peers: Peer[] = [];
  try {
    peers.push(...(await openPeers(c, quarter)));
    const { rounds, budget } = c.options;
    const contestants = peers.map((peer) => contestant(c, peer, quarter));
    // The check is a whole run, so everything is compiled and warm after it.
    const options = { rounds, budget, warmUps: 0, leastRounds: 2 };
    await report(c, quarter, peers, await contest(contestants, options));
  } finally {
    for (const peer of peers) peer.destroy();
    quarter.engine.dispose();
  }
}
