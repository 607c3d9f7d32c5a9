/** Starts the worker that analyses. */
import type { WorkerLike } from './analysis';
import { scriptUrl } from './trusted';
import workerUrl from './worker.ts?worker&url';

/** A browser runs a worker of another origin only when a script of this one loads it. */
export function spawnWorker(): WorkerLike {
  const url = new URL(workerUrl, location.href);
  if (url.origin === location.origin) return new Worker(scriptUrl(url.href), { type: 'module' });
  // A static import would need the page's policy to name the other origin as one of workers too.
  const script = `import(${JSON.stringify(url.href)}).catch(() => postMessage({ kind: 'load-failed' }));`;
  const address = URL.createObjectURL(new Blob([script], { type: 'text/javascript' }));
  const worker = new Worker(scriptUrl(address), { type: 'module' });
  worker.addEventListener('message', () => URL.revokeObjectURL(address), { once: true });
  return worker;
}
