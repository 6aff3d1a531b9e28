/**
 * Events of a job as text, between the host that runs it and the command: JSON that keeps NaN and infinities, which
 * JSON itself makes null.
 */

/** Key of the object that stands for a number which JSON has not. */
const NUMBER = 'number that is not finite';

/** An event as text. */
export function writeEvent(event: unknown): string {
  return JSON.stringify(event, (_key, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? { [NUMBER]: String(value) } : value,
  );
}

/** The inverse of {@link writeEvent}. @throws SyntaxError for text that is no JSON */
export function readEvent(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown) =>
    typeof value === 'object' && value !== null && NUMBER in value ? Number(value[NUMBER]) : value,
  );
}
