export function computeFingerprint(root: string): string;
export function fullWidthIsVerified(root: string): boolean;
export function recordFullWidth(root: string): void;
