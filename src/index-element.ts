/**
 * `<hyper-style>`, an entry of its own (`hyperstyle-webgpu/element`): importing it makes the tag known.
 *
 * ```html
 * <script type="module">import 'hyperstyle-webgpu/element';</script>
 * <hyper-style src="me.jpg" model="/models/clay-portraits-128/" edit="smile=1.5" alt="Me, smiling"></hyper-style>
 * ```
 *
 * @module hyperstyle-webgpu/element
 */
import { HyperStyleElement } from './element/hyper-style.ts';

export { type ElementStatus, HyperStyleElement, type HyperStyleEvents } from './element/hyper-style.ts';
export { type ErrorCode, HyperStyleError } from './errors.ts';

/** The tag. */
const TAG = 'hyper-style';

if (globalThis.customElements && !customElements.get(TAG)) customElements.define(TAG, HyperStyleElement);

declare global {
  interface HTMLElementTagNameMap {
    'hyper-style': HyperStyleElement;
  }
}
