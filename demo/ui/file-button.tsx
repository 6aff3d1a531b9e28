/** A button that opens the browser's file chooser. */
import type { ComponentChildren } from 'preact';

/** What is chosen, and where it goes. */
interface FileButtonProps {
  readonly children: ComponentChildren;
  readonly id: string;
  readonly onFiles: (files: File[]) => void;
  readonly accept?: string;
  readonly multiple?: boolean;
  /** A folder and everything in it. */
  readonly folder?: boolean;
  readonly class?: string;
  readonly disabled?: boolean;
}

/** A label that looks like a button around an unseen file input. */
export function FileButton({ children, id, onFiles, accept, multiple, folder, disabled, ...rest }: FileButtonProps) {
  return (
    <label class={rest.class ?? 'button'}>
      <input
        id={id}
        class="unseen"
        type="file"
        accept={accept}
        multiple={multiple || folder}
        disabled={disabled}
        {...(folder ? { webkitdirectory: true } : {})}
        onChange={(event) => {
          const input = event.currentTarget;
          const files = [...(input.files ?? [])];
          input.value = ''; // the same file may be chosen again
          if (files.length > 0) onFiles(files);
        }}
      />
      {children}
    </label>
  );
}
