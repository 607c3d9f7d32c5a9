/** Boot: once the frame in index.html has been painted, the element there becomes the page. */

/** Hidden pages paint nothing. */
const PAINTED_WITHIN_MS = 100;

const painted = new Promise((resolve) => {
  setTimeout(resolve, PAINTED_WITHIN_MS);
  // A frame's callbacks run before it is painted; a task comes after.
  requestAnimationFrame(() => setTimeout(resolve));
});

void painted.then(() => import('./app'));
