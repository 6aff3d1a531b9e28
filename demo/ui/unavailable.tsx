/** What a visitor sees whose browser cannot run any of this: which ones can, and a recorded result. */
import edits from '../../docs/edits.jpg';
import steps from '../../docs/steps.jpg';
import { sentence } from '../state/notices.ts';

/** The page without WebGPU. */
export function Unavailable({ why }: { readonly why: string }) {
  return (
    <main class="unavailable">
      <h2>This page needs WebGPU, and there is none here</h2>
      <p>
        Browsers that have it: Chrome and Edge from 113 on (Android from 121), Safari from 26, Firefox from 141 on
        Windows and 145 on Macs with Apple chips. On Linux, Chrome asks for{' '}
        <code>chrome://flags/#enable-unsafe-webgpu</code>. A driver that was switched off or is too old looks the same.
      </p>
      <p class="muted">{sentence(why)}</p>
      <button type="button" onClick={() => location.reload()}>
        Try again
      </button>
      <h2>What it would show you</h2>
      <figure>
        <img
          src={steps}
          alt="Eight portraits, the encoder's reconstruction below, five steps of the hypernetwork, and tuning last"
        />
        <figcaption>
          Portraits in the first row; below them the first guess, five steps of the hypernetwork, and tuning.
        </figcaption>
      </figure>
      <figure>
        <img src={edits} alt="A person with glasses and paint, edited: smile, turn, hair, skin and light" />
        <figcaption>Edits of a tuned person from −3 to 3: glasses and paint stay on.</figcaption>
      </figure>
    </main>
  );
}
