/** How plain loops read arrays. */

/** Element `index`; outside the array is a mistake of the caller and reads as NaN, so that no test can miss it. */
export const at = (values: ArrayLike<number>, index: number): number => values[index] ?? Number.NaN;
