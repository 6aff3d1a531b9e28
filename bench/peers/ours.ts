/** Our own engine as a contestant of the peers suite. */
import type { Quarter } from '../suites/models.ts';
import type { Peer } from './peer.ts';

/** Writes w, runs styles and synthesis, reads the picture. */
export function openOurs({ engine, w }: Quarter): Peer {
  const { state } = engine.network;
  return {
    name: 'hyperstyle-webgpu',
    variant: `${engine.executable('synthesize')?.dispatches.length ?? 0} dispatches`,
    run() {
      engine.write(state.base, w);
      engine.show();
      return engine.read(state.y);
    },
    planar: (picture) => picture,
    destroy: () => undefined,
  };
}
