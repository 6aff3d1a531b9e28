/** What ships with the pages: inside the built site, beside the folder of the sources. */
const MODELS = new URL(import.meta.env.PROD ? './models/' : '../models/', document.baseURI);

/** Addresses of the model and of the face models. */
export const PLACES = { model: new URL('clay-portraits-128/', MODELS).href, faces: new URL('faces/', MODELS).href };
