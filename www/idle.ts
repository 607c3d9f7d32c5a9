/** Longer than this nobody waits for a moment without work. */
const LONGEST_MS = 1000;

/** Waits until the browser has nothing better to do. */
export function idle(): Promise<void> {
  return new Promise((resolve) => {
    // Safari has no such moments.
    if (!('requestIdleCallback' in globalThis)) setTimeout(resolve);
    else requestIdleCallback(() => resolve(), { timeout: LONGEST_MS });
  });
}

/** Lets the browser do what waits, as a long task keeps it from answering the user. */
export function pause(): Promise<void> {
  return 'scheduler' in globalThis && 'yield' in scheduler
    ? scheduler.yield()
    : new Promise((resolve) => setTimeout(resolve));
}
