/** What pages list and choose from before anything is encoded; `video.ts` and `timeline.ts` use it. */

/** Kinds of video file. */
export const VIDEO_FORMATS = ['mp4', 'webm'] as const;

/** A kind of video file. */
export type VideoFormat = (typeof VIDEO_FORMATS)[number];

/** Frames a second of a timeline that says nothing else: those of the authors' notebook. */
export const DEFAULT_FPS = 15;
