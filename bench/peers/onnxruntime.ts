/**
 * onnxruntime-web's WebGPU provider on `generator-256-quarter.onnx`: constant weights and scaled activations, the form that
 * suits it best; all graph optimisations on.
 */
import type { InferenceSession } from 'onnxruntime-web/webgpu';
import type { Peer } from './peer.ts';

type Runtime = typeof import('onnxruntime-web/webgpu');

/**
 * @param folder address of onnxruntime-web's `dist` folder, with a slash at its end
 * @param model the `.onnx` file
 * @param w `[14, 128]`
 * @param preferredLayout what the provider lays activations out as
 */
export async function openOnnxRuntime(
  folder: string,
  model: Uint8Array,
  w: Float32Array,
  preferredLayout: 'NCHW' | 'NHWC',
): Promise<Peer> {
  const address = `${folder}ort.webgpu.bundle.min.mjs`;
  const ort: Runtime = await import(/* @vite-ignore */ address);
  ort.env.wasm.wasmPaths = folder;
  ort.env.wasm.numThreads = 1; // its CPU operators are a handful of shape computations
  const session: InferenceSession = await ort.InferenceSession.create(model, {
    executionProviders: [{ name: 'webgpu', preferredLayout }],
    graphOptimizationLevel: 'all',
  });
  const feeds = { w: new ort.Tensor('float32', w, [1, w.length / 128, 128]) };
  return {
    name: 'onnxruntime-web',
    variant: `${ort.env.versions.web ?? ''} WebGPU provider, ${preferredLayout}`.trim(),
    async run() {
      const results = await session.run(feeds);
      const data = await results.image?.getData();
      if (!(data instanceof Float32Array)) throw new Error('onnxruntime-web gave no f32 tensor "image"');
      return data;
    },
    planar: (picture) => picture,
    destroy: () => {
      session.release().catch(() => undefined);
    },
  };
}
