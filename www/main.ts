/** Boot: once the frame in index.html has been painted, the element there becomes the page. */

/** Hidden pages paint nothing. */
const PAINTED_WITHIN_MS = 100;

const painted = new Promise((resolve) => {
  setTimeout(resolve, PAINTED_WITHIN_MS);
  // A frame's callbacks run before it is painted; a task comes after.
  requestAnimationFrame(() => setTimeout(resolve));
});

// The editor's code by itself first: two short tasks in place of a long one.
void painted.then(() => import('./components/source-editor')).then(() => import('./app'));
