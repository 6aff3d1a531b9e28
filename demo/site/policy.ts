/** The Content-Security-Policy under which the site works: no eval, nothing inline, no WebAssembly. */

/** Directives; servers may send them as a header, and the built page has them as its own, too. */
export const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob:",
  "media-src 'self' blob:",
  "manifest-src 'self'",
  // a visitor's own model may lie on another server
  "connect-src 'self' https:",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');
