/** What blocks of code in README and docs take for granted: a page with a model, a photo, a canvas. */
declare const hs: import('hyperstyle-webgpu').HyperStyle;
declare const person: import('hyperstyle-webgpu').Inversion;
declare const anna: import('hyperstyle-webgpu').Inversion;
declare const bert: import('hyperstyle-webgpu').Inversion;
declare const carl: import('hyperstyle-webgpu').Inversion;
declare const pictures: import('hyperstyle-webgpu/training').TrainingPictures;
declare const file: File;
declare const files: File[];
declare const hyperFile: File;
declare const encoderFile: File;
declare const generatorFile: File;
declare const checkpoint: File;
declare const canvas: HTMLCanvasElement;
declare const message: HTMLElement;
declare const signal: AbortSignal;
declare const onProgress: () => void;
declare const HyperStyle: typeof import('hyperstyle-webgpu').HyperStyle;
